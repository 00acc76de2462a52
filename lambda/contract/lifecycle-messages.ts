import * as z from 'zod';

const time = z.iso.datetime();
const name = z.string().optional();

/** What is known of a deleted user. */
export const DeletedUserSchema = z.object({
  id: z.string(),
  userName: name,
  displayName: name,
  externalId: name,
  deletedAt: time,
  /** The application that deleted it, or `@operator` or `@lifecycle`. */
  deletedBy: z.string(),
  /** Until then it can be restored; afterwards it is purged. */
  restorableUntil: time,
});
export type DeletedUser = z.infer<typeof DeletedUserSchema>;

/** Somebody whom the daily sweep will delete or purge. */
export const DueSchema = z.object({
  action: z.enum(['delete', 'purge']),
  id: z.string(),
  userName: name,
  /** Since when the user is deactivated, or deleted. */
  since: time,
  /** From when on the sweep acts. */
  from: time,
});
export type Due = z.infer<typeof DueSchema>;
