import * as z from 'zod';
import { isJsonArray, isJsonObject, type JsonValue, member } from '../../scim/json.ts';
import { normaliseText, quoteExcerpt } from '../../scim/text.ts';
import { findValueFault, type Mapping, MappingSchema, type Policy, PolicySchema, RoleNameSchema } from './policy.ts';

/** Bytes of a policy's JSON: each process reads it with the tenant, every 30 s and at every sign-in. */
const MAX_BYTES = 100_000;

export interface ParsedPolicy {
  /** Undefined where there are faults. */
  readonly policy: Policy | undefined;
  /** All of them, each with its place in the document. */
  readonly faults: readonly string[];
}

/** Reads a policy as an operator gives it: its form, and whether what it names is there. */
export function parsePolicy(document: JsonValue): ParsedPolicy {
  const { success, data, error } = PolicySchema.safeParse(document);
  const faults = [...(success ? [] : toFaults(error)), ...findReferenceFaults(document)];
  if (success) {
    const size = Buffer.byteLength(JSON.stringify(data));
    if (size > MAX_BYTES) faults.push(`the policy has ${size} bytes; at most ${MAX_BYTES} are possible`);
  }
  return { policy: success && faults.length === 0 ? data : undefined, faults };
}

function toFaults({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.length === 0 ? 'the policy' : path.join('.')}: ${message}`);
}

/** What cannot be though each part has its form; of a document of which other parts do not even have that as well. */
function findReferenceFaults(document: JsonValue): string[] {
  if (!isJsonObject(document)) return [];
  const roles = z.array(RoleNameSchema).default([]).safeParse(member(document, 'roles')).data;
  const defaultRole = RoleNameSchema.safeParse(member(document, 'defaultRole')).data;
  const mappings = toMappings(member(document, 'mappings'));
  return [
    ...(roles === undefined ? [] : findRoleFaults(roles, defaultRole, mappings)),
    ...mappings.flatMap(({ place, mapping }) => {
      const fault = findValueFault(mapping);
      return fault === undefined ? [] : [`${place}.value: ${fault}`];
    }),
    ...findRepeatedMappings(mappings),
  ];
}

interface PlacedMapping {
  readonly place: string;
  readonly mapping: Mapping;
}

/** Those that have the form of one. */
function toMappings(value: JsonValue | undefined): PlacedMapping[] {
  if (!isJsonArray(value)) return [];
  return value.flatMap((entry, n) => {
    const { data } = MappingSchema.safeParse(entry);
    return data === undefined ? [] : [{ place: `mappings.${n}`, mapping: data }];
  });
}

function findRoleFaults(
  roles: readonly string[],
  defaultRole: string | undefined,
  mappings: readonly PlacedMapping[],
): string[] {
  const missing = (place: string, role: string) =>
    roles.includes(role) ? [] : [`${place}: ${quoteExcerpt(role)} is none of the roles`];
  const folded = roles.map((role) => normaliseText(role, false));
  return [
    ...folded.flatMap((role, n) => {
      const first = folded.indexOf(role);
      return first === n ? [] : [`roles.${n}: the same name as roles.${first}, but for upper and lower case`];
    }),
    ...(defaultRole === undefined ? [] : missing('defaultRole', defaultRole)),
    ...mappings.flatMap(({ place, mapping }) => missing(`${place}.role`, mapping.role)),
  ];
}

/** Two mappings of one group: the lower would never count, and whoever changes one might take it for the other. */
function findRepeatedMappings(mappings: readonly PlacedMapping[]): string[] {
  const places = new Map<string, string>();
  return mappings.flatMap(({ place, mapping: { by, value } }) => {
    const key = `${by} ${normaliseText(value, by !== 'displayName')}`;
    const first = places.get(key);
    if (first !== undefined) return [`${place}: the same group as ${first}`];
    places.set(key, place);
    return [];
  });
}
