import { isJsonObject, type JsonValue } from '../../scim/json.ts';
import type { Mapping, Policy } from './policy.ts';

/** One thing in which two policies differ, in words that can be printed. */
export interface PolicyDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** Such as `role editor` or `signIn.matchBy`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

/** What changes from one policy to another, section by section; nothing where they say the same. */
export function comparePolicies(before: Policy, after: Policy): readonly PolicyDifference[] {
  const { roles: rolesBefore, mappings: mappingsBefore, ...restBefore } = before;
  const { roles: rolesAfter, mappings: mappingsAfter, ...restAfter } = after;
  return [
    ...compareRoles(rolesBefore, rolesAfter),
    ...compareMappings(mappingsBefore, mappingsAfter),
    ...compareValues(restBefore, restAfter),
  ];
}

function compareRoles(before: readonly string[], after: readonly string[]): PolicyDifference[] {
  const kept = before.filter((role) => after.includes(role));
  const keptAfter = after.filter((role) => before.includes(role));
  const isReordered = kept.some((role, n) => role !== keptAfter[n]);
  return [
    ...after.filter((role) => !before.includes(role)).map((role) => ({ kind: 'added', what: `role ${role}` }) as const),
    ...before
      .filter((role) => !after.includes(role))
      .map((role) => ({ kind: 'removed', what: `role ${role}` }) as const),
    ...(isReordered
      ? [{ kind: 'changed', what: 'rank of roles', before: kept.join(' > '), after: keptAfter.join(' > ') } as const]
      : []),
  ];
}

function compareMappings(before: readonly Mapping[], after: readonly Mapping[]): PolicyDifference[] {
  const nameOf = ({ by, value }: Mapping) => `mapping of the group with ${by} ${JSON.stringify(value)}`;
  const [old, now] = [before, after].map((list) => new Map(list.map((mapping) => [nameOf(mapping), mapping.role])));
  return compareMaps(old ?? new Map(), now ?? new Map());
}

/** Every value by its path. */
function compareValues(before: JsonValue, after: JsonValue): PolicyDifference[] {
  return compareMaps(new Map(leavesOf(before, '')), new Map(leavesOf(after, '')));
}

function leavesOf(value: JsonValue, path: string): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}

function compareMaps(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): PolicyDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what): PolicyDifference[] => {
    const [old, now] = [before.get(what), after.get(what)];
    if (old === now) return [];
    if (old === undefined) return [{ kind: 'added', what, ...(now === undefined ? {} : { after: now }) }];
    if (now === undefined) return [{ kind: 'removed', what, before: old }];
    return [{ kind: 'changed', what, before: old, after: now }];
  });
}
