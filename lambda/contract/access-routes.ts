import * as z from 'zod';
import { RoleLockSchema } from './admin-messages.ts';
import type { AdminRoute } from './admin-route.ts';
import { OwnersAnswerSchema, OwnershipPageSchema, OwnersRequestSchema } from './ownership-messages.ts';
import { AccessRoleSchema, SignInAnswerSchema, SignInRequestSchema } from './sign-in-messages.ts';

/** What the admin API says of who may enter, and with which access role; part of `adminRoutes` in `admin-api.ts`. */

const time = z.iso.datetime();
const role = z.string().min(1).max(64);

const MappingSchema = z.object({ by: z.string(), value: z.string(), role: z.string() });

/** See `Policy` in `directory/access/policy.ts`. */
const PolicyDocumentSchema = z.looseObject({
  roles: z.array(z.string()),
  defaultRole: z.string().nullable(),
  mappings: z.array(MappingSchema),
  signIn: z.looseObject({ matchBy: z.string(), heldUsers: z.string() }),
});

const PolicyAnswerSchema = z.object({
  /** Counts the changes; 0 of a tenant whose policy was never set. */
  version: z.number(),
  changedAt: time.optional(),
  policy: PolicyDocumentSchema,
});
export type PolicyAnswer = z.infer<typeof PolicyAnswerSchema>;

const DifferenceSchema = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  /** Such as `role editor` or `signIn.matchBy`. */
  what: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type Difference = z.infer<typeof DifferenceSchema>;

/** One that a group gets a role by. */
export type PolicyMapping = z.infer<typeof MappingSchema>;

/** Users by access role before and after; null: none. */
const MoveSchema = z.object({ from: z.string().nullable(), to: z.string().nullable(), users: z.number() });
export type Move = z.infer<typeof MoveSchema>;

const UserRoleSchema = z.object({
  userId: z.string(),
  accessRole: AccessRoleSchema,
  lock: RoleLockSchema.optional(),
});
export type UserRoleAnswer = z.infer<typeof UserRoleSchema>;

export const accessRoutes = {
  showPolicy: {
    method: 'GET',
    path: 'tenants/{tenant}/policy',
    access: 'observer',
    response: PolicyAnswerSchema,
  },
  /** `version`: of the policy that the new one was made from; without it whichever there is is replaced. */
  setPolicy: {
    method: 'POST',
    path: 'tenants/{tenant}/policy',
    access: 'operator',
    request: z.strictObject({ policy: z.json(), version: z.number().int().min(0).optional() }),
    response: PolicyAnswerSchema.extend({ differences: z.array(DifferenceSchema) }),
  },
  /** What the policy would change: a stretch of the users; the client calls again with `next` as `after`, and adds up. */
  previewPolicy: {
    method: 'POST',
    path: 'tenants/{tenant}/policy/preview',
    access: 'operator',
    request: z.strictObject({ policy: z.json(), after: z.string().min(1).max(64).optional() }),
    response: z.object({
      differences: z.array(DifferenceSchema),
      /** Mappings whose group is not there; told with the first stretch. */
      missingGroups: z.array(MappingSchema),
      users: z.number(),
      moves: z.array(MoveSchema),
      next: z.string().optional(),
    }),
  },
  showRole: {
    method: 'GET',
    path: 'tenants/{tenant}/users/{id}/role',
    access: 'observer',
    response: UserRoleSchema,
  },
  /** Without `role` the one that the user has. */
  lockRole: {
    method: 'POST',
    path: 'tenants/{tenant}/users/{id}/role/lock',
    access: 'operator',
    request: z.strictObject({ role: role.optional() }),
    response: UserRoleSchema,
  },
  unlockRole: {
    method: 'POST',
    path: 'tenants/{tenant}/users/{id}/role/unlock',
    access: 'operator',
    response: UserRoleSchema,
  },
  showOwners: {
    method: 'GET',
    path: 'tenants/{tenant}/owners',
    access: 'observer',
    response: OwnersAnswerSchema,
  },
  /** What is not mentioned stays. */
  setOwners: {
    method: 'POST',
    path: 'tenants/{tenant}/owners',
    access: 'operator',
    request: OwnersRequestSchema,
    response: OwnersAnswerSchema,
  },
  /** What the application has registered as a user's. */
  listOwnerships: {
    method: 'GET',
    path: 'tenants/{tenant}/users/{id}/ownerships',
    access: 'observer',
    query: z.strictObject({ after: z.string().min(1).max(512).optional() }),
    response: OwnershipPageSchema,
  },
  /** What the application API would answer. */
  checkSignIn: {
    method: 'POST',
    path: 'tenants/{tenant}/sign-in',
    access: 'operator',
    request: SignInRequestSchema,
    response: SignInAnswerSchema,
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
