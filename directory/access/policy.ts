import * as z from 'zod';
import type { JsonObject } from '../../scim/json.ts';
import { guardSection } from '../guard/guard-policy.ts';
import { isResourceId } from '../store/keys.ts';

/**
 * A tenant's policy: who may enter and with which access role. One document, of sections each of which has a default, so
 * that a tenant without one is a tenant with an empty one.
 */

/** What a group of a mapping is named by. */
export const GROUP_KEYS = ['id', 'displayName', 'externalId'] as const;

/** What a user may be known by to whoever signs them in. `email`: any of `emails.value`. */
export const SUBJECT_KEYS = ['externalId', 'userName', 'email'] as const;
export type SubjectKey = (typeof SUBJECT_KEYS)[number];

export const MAX_ROLES = 100;
export const MAX_MAPPINGS = 500;

/** The vendor's own name of an access role. */
export const RoleNameSchema = z
  .string()
  .regex(
    /^[^\s\p{C}](?:[^\p{C}]{0,62}[^\s\p{C}])?$/u,
    'expected the name of a role: 1-64 characters, none of them a control character, no blank at either end',
  );

/** Members that no section knows are refused of an operator, and passed over in what a later release has stored. */
type Manner = 'strict' | 'lenient';

function objectOf<Shape extends z.ZodRawShape>(shape: Shape, manner: Manner) {
  return manner === 'strict' ? z.strictObject(shape) : z.object(shape);
}

function mappingOf(manner: Manner) {
  return objectOf(
    {
      by: z.enum(GROUP_KEYS),
      value: z.string().min(1).max(512),
      role: RoleNameSchema,
    },
    manner,
  );
}

function policyOf(manner: Manner) {
  return objectOf(
    {
      /** Access roles, the highest first. */
      roles: z.array(RoleNameSchema).max(MAX_ROLES).default([]),
      /** The role of whoever gets none by a group; null: no role. */
      defaultRole: RoleNameSchema.nullable().default(null),
      /** Which role the members of a group get. */
      mappings: z.array(mappingOf(manner)).max(MAX_MAPPINGS).default([]),
      signIn: objectOf(
        {
          /** What a subject is matched with, where whoever asks does not say. */
          matchBy: z.enum(SUBJECT_KEYS).default('externalId'),
          /** Whether somebody may enter whose deactivation or deletion is being held back. */
          heldUsers: z.enum(['deny', 'allow']).default('deny'),
        },
        manner,
      ).prefault({}),
      /** When so many are taken away at once that an operator decides. */
      guard: guardSection(manner),
    },
    manner,
  );
}

/** A document as an operator may give it. */
export const PolicySchema = policyOf('strict');
/** One mapping of it. */
export const MappingSchema = mappingOf('strict');
const StoredPolicySchema = policyOf('lenient');

/** A policy with every default written out. */
export type Policy = z.output<typeof PolicySchema>;
export type Mapping = Policy['mappings'][number];

/** Of a tenant that has none. */
export const EMPTY_POLICY: Policy = PolicySchema.parse({});

/** The policy that is stored. @throws ZodError when it is none: a defect, never bad input. */
export function toPolicy(document: JsonObject): Policy {
  return StoredPolicySchema.parse(document);
}

/** What is wrong with a mapping's value, beyond its type. */
export function findValueFault({ by, value }: Mapping): string | undefined {
  if (by === 'id' && !isResourceId(value)) return 'expected the id of a group, a UUID in lower case';
  return /[\p{Cc}\p{Cs}]/u.test(value) ? 'expected text without control characters and lone surrogates' : undefined;
}
