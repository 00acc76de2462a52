/** Values that a multi-valued attribute of a resource may have; a group's `members` are exempt. */
export const MAX_VALUES = 1_000;

/** Length of a string value, in UTF-16 code units. */
export const MAX_STRING_LENGTH = 65_536;

/** Length of a member's id, in UTF-16 code units. */
export const MAX_MEMBER_ID_LENGTH = 128;

/**
 * Operations in one PATCH. Each may look at every value of an attribute, so that this and {@link MAX_VALUES} bound what
 * one request can cost; thousands of members fit into one operation.
 */
export const MAX_PATCH_OPERATIONS = 1_000;

/** Length of a bulkId, in UTF-16 code units: a reference to it may stand where the id of a member may. */
export const MAX_BULK_ID_LENGTH = 120;
