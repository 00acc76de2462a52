import * as z from 'zod';

/** What the application API, and for operators the admin API, is asked at a sign-in and answers. */

/** `groupId`: of a role by a mapping, the group that gives it. */
export const AccessRoleSchema = z.object({
  role: z.string().nullable(),
  source: z.enum(['lock', 'mapping', 'default', 'none', 'inactive']),
  groupId: z.string().optional(),
});

/** Who has been signed in. */
export const SignInRequestSchema = z.strictObject({
  subject: z.strictObject({
    /** Default: what the tenant's policy says. */
    by: z.enum(['externalId', 'userName', 'email']).optional(),
    value: z.string().min(1).max(2_048),
  }),
  /** Whether to tell what the groups are called. */
  withGroupNames: z.boolean().default(false),
});

const SignedInUserSchema = z.object({
  id: z.string(),
  userName: z.string(),
  externalId: z.string().optional(),
  displayName: z.string().optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  email: z.string().optional(),
});

/** Whether somebody may enter; see `SignInDecision` in `directory/access/sign-in.ts`. */
export const SignInAnswerSchema = z.discriminatedUnion('decision', [
  z.object({
    decision: z.literal('allow'),
    user: SignedInUserSchema,
    accessRole: AccessRoleSchema,
    groups: z.array(
      z.object({ id: z.string(), type: z.enum(['direct', 'indirect']), displayName: z.string().optional() }),
    ),
  }),
  z.object({
    decision: z.literal('deny'),
    reason: z.enum(['unknown', 'ambiguous', 'deactivated', 'deleted', 'held', 'tenantSuspended']),
    user: SignedInUserSchema.optional(),
  }),
]);
export type SignInAnswer = z.infer<typeof SignInAnswerSchema>;
