import * as z from 'zod';
import { ResourceTypeNameSchema } from '../store/resource-type-name.ts';

/** What changed of an attribute. */
const EventChangeSchema = z
  .object({
    path: z.string().meta({
      description: 'Canonical path: `title`, `name.givenName`, `urn:…:User:department`; a multi-valued one as a whole.',
    }),
    before: z.json().optional().meta({ description: 'Absent where there was no value.' }),
    after: z.json().optional().meta({ description: 'Absent where there is no value any more.' }),
    withheld: z
      .literal(true)
      .optional()
      .meta({ description: 'The tenant does not let the values out, or they are too large: read the resource.' }),
  })
  .meta({ id: 'Change' });

const NamesSchema = z
  .object({ userName: z.string().optional(), externalId: z.string().optional(), displayName: z.string().optional() })
  .meta({ id: 'Names', description: 'What the resource is called, as far as the tenant lets it out.' });

const ResourceDataSchema = z.object({
  names: NamesSchema,
  changes: z.array(EventChangeSchema),
  purged: z
    .literal(true)
    .optional()
    .meta({ description: 'The personal data was erased for good before this was published.' }),
});

const RestoredDataSchema = ResourceDataSchema.extend({
  by: z.enum(['operator', 'identity provider']).meta({
    description: 'Whether an operator restored the user, or a POST of the identity provider brought them back.',
  }),
});

const MembershipDataSchema = z.object({
  members: z.array(z.string()).meta({ description: 'Ids of the users and groups that came, or went.' }),
});

const count = z.number().int();

const CycleDataSchema = z.object({
  start: z.string(),
  end: z.string(),
  requests: count,
  creates: count,
  updates: count,
  unchanged: count,
  deactivations: count,
  reactivations: count,
  deletes: count,
  membersAdded: count,
  membersRemoved: count,
  failed: count,
  averageMs: z.number(),
});

const TokenDataSchema = z.object({
  reason: z.enum(['token-expires-within-30-days', 'token-expires-within-7-days', 'token-expired']),
  credentialId: z.string(),
  expiresAt: z.string(),
});

const GuardDataSchema = z.object({
  phase: z.enum(['tripped', 'held']).meta({
    description: 'That the guard has tripped, or, once a day, that requests are still held.',
  }),
  since: z.string().meta({ description: 'Since when requests are held.' }),
  held: count.optional().meta({ description: 'With `held`: how many requests wait for an operator.' }),
  givesUpAt: z.string().optional().meta({
    description: 'When Entra would switch the job off that has failed ever since; absent where nothing is held.',
  }),
  mode: z.enum(['on', 'watch']).optional(),
  what: z.enum(['users', 'memberships']).optional().meta({ description: 'What there was too much of.' }),
  counted: count.optional(),
  limit: count.optional(),
  base: count.optional().meta({ description: 'How many active users, or memberships, there were.' }),
  windowMinutes: z.number().optional(),
});

const number = count.meta({ description: 'Grows from one to the next: drop what has a lower one than you know.' });

const TransferDataSchema = z.object({
  from: z.string().meta({ description: 'Id of the user who left.' }),
  to: z.string().meta({ description: 'Id of the user who owns it now.' }),
  ownerships: z
    .array(z.object({ type: z.string(), id: z.string(), number }))
    .meta({ description: 'What the application had registered; more than 32 come in several events.' }),
  offices: z
    .array(z.enum(['subscriptionOwner', 'companyOwner']))
    .meta({ description: 'Offices that the leaver held; that of the subscription owner passes on as well.' }),
});

const role = z.string().nullable().meta({ description: 'Null: none.' });

const RoleDataSchema = z.object({
  from: role,
  to: role,
  number,
  policyVersion: count.meta({ description: 'Version of the policy that it was computed by.' }),
});

/** What every event says. */
const envelope = {
  id: z.string().meta({ description: 'The same whenever the event is delivered or replayed.' }),
  time: z.string().meta({ description: 'When it happened, ISO 8601 in UTC.' }),
  tenant: z.string(),
  application: z.string().meta({
    description: 'Whose request did it; `@operator`, `@application` or `@lifecycle` where no application did.',
  }),
};

/** An event about a user, a group or its members. */
function ofResource<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z
    .object({
      ...envelope,
      type: z.literal(type),
      requestId: z.string(),
      resource: z
        .object({ type: ResourceTypeNameSchema, id: z.string() })
        .meta({ description: 'Of a membership: the group.' }),
      sequence: z.number().int().meta({
        description: 'The version of the resource; grows by one from change to change.',
      }),
      data,
    })
    .meta({ id: type });
}

/** An event about a user that no version of the user stands for. */
function ofUser<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z
    .object({
      ...envelope,
      type: z.literal(type),
      requestId: z.string().optional(),
      resource: z.object({ type: z.literal('User'), id: z.string() }),
      sequence: z.never().optional(),
      data,
    })
    .meta({ id: type });
}

/** An event about something else. */
function ofApplication<T extends string, D extends z.ZodType>(type: T, data: D) {
  const absent = z.never().optional();
  return z
    .object({ ...envelope, type: z.literal(type), requestId: absent, resource: absent, sequence: absent, data })
    .meta({ id: type });
}

/** One event of each type: what the bus, the webhooks and `npm start -- --events` deliver. */
export const DirectoryEventSchema = z.discriminatedUnion('type', [
  ofResource('user.created', ResourceDataSchema),
  ofResource('user.updated', ResourceDataSchema),
  ofResource('user.deactivated', ResourceDataSchema),
  ofResource('user.reactivated', ResourceDataSchema),
  ofResource('user.deleted', ResourceDataSchema),
  ofResource('user.restored', RestoredDataSchema),
  ofResource('user.purged', ResourceDataSchema),
  ofResource('group.created', ResourceDataSchema),
  ofResource('group.updated', ResourceDataSchema),
  ofResource('group.deleted', ResourceDataSchema),
  ofResource('membership.added', MembershipDataSchema),
  ofResource('membership.removed', MembershipDataSchema),
  ofUser('access-role.changed', RoleDataSchema),
  ofUser('ownership.transferred', TransferDataSchema),
  ofApplication('cycle.completed', CycleDataSchema),
  ofApplication('token.expiring', TokenDataSchema),
  ofApplication('guard.tripped', GuardDataSchema),
]);

/** Something that happened in a tenant's directory. */
export type DirectoryEvent = z.infer<typeof DirectoryEventSchema>;
export type EventType = DirectoryEvent['type'];
