import * as z from 'zod';

/** What the application API, and for operators the admin API, is told and answers of who owns what. */

const id = z.string().min(1).max(64);

/** What is not mentioned stays; `subscriptionOwner: null`: nobody. */
export const OwnersRequestSchema = z.strictObject({
  subscriptionOwner: id.nullable().optional(),
  companyOwners: z.array(id).optional(),
});

/** Ids of users. */
export const OwnersAnswerSchema = z.object({
  /** Counts the changes; 0 of a tenant that has named nobody. */
  version: z.number(),
  subscriptionOwner: z.string().nullable(),
  companyOwners: z.array(z.string()),
});
export type OwnersAnswer = z.infer<typeof OwnersAnswerSchema>;

export const OwnershipRequestSchema = z.strictObject({ user: id });

const OwnershipSchema = z.object({ type: z.string(), id: z.string(), user: z.string(), number: z.number() });

export const OwnershipPageSchema = z.object({ ownerships: z.array(OwnershipSchema), next: z.string().optional() });
