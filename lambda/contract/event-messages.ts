import * as z from 'zod';

const time = z.iso.datetime();

/** A change of the table that the feed could make nothing of; what it holds is personal, and shown to nobody. */
export const ParkedChangeSchema = z.object({
  /** Its name in the table's stream. */
  id: z.string(),
  /** When it was parked. */
  time,
  /** The kind of failure. */
  reason: z.string(),
});
export type ParkedChange = z.infer<typeof ParkedChangeSchema>;

/** A new webhook secret. */
export const WebhookSecretSchema = z.object({
  tenant: z.string(),
  /** `whsec_…`, for a library of Standard Webhooks. */
  secret: z.string(),
  /** The first twelve hex digits of its SHA-256, by which the audit names it. */
  secretId: z.string(),
  /** Until when webhooks are signed with the one before as well. */
  previousUntil: time.optional(),
});
