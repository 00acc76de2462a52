import * as z from 'zod';

/** Who holds the offices of a tenant: always active users. There is always a company owner. */
export const OwnersItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  subscriptionOwner: z.string().optional(),
  companyOwners: z.array(z.string()).min(1),
});
export type OwnersItem = z.infer<typeof OwnersItemSchema>;

/** An ownership, from the owner's side. */
export const OwnsItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Grows from owner to owner. */
  number: z.number(),
  /** The owner's version when it became theirs. */
  ownerVersion: z.number(),
});
export type OwnsItem = z.infer<typeof OwnsItemSchema>;

/** The same, from the side of what is owned. */
export const OwnedItemSchema = OwnsItemSchema.extend({ owner: z.string() });
export type OwnedItem = z.infer<typeof OwnedItemSchema>;

/** The access role of a user that was announced last. */
export const AnnouncedRoleItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Counts the announcements. */
  version: z.number(),
  role: z.string().nullable(),
  policyVersion: z.number(),
});
export type AnnouncedRoleItem = z.infer<typeof AnnouncedRoleItemSchema>;

/** A part of the work of announcing many roles: the members of one group, or all users. */
export const RoleJobItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Up to which id it is done. */
  position: z.string().optional(),
  done: z.literal(true).optional(),
});
