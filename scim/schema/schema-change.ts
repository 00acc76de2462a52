import type { AttributeDefinition, Schema } from './types.ts';

/** What stored values, index entries or clients rely on. */
const FIXED = ['name', 'type', 'multiValued', 'caseExact', 'mutability', 'returned'] as const;

/**
 * Tells what a new document of a registered schema changes that it may not: values may be stored, so attributes can be
 * added and described differently, and neither taken away nor made into something else.
 *
 * @returns Every such change in words; none where the new document can take the place of the old.
 */
export function findSchemaConflicts(before: Schema, after: Schema): readonly string[] {
  const spelling = before.id === after.id ? [] : [`id: it is registered as ${before.id}, and is spelled so`];
  return [...spelling, ...findAttributeConflicts(before.attributes, after.attributes, 'attributes')];
}

function findAttributeConflicts(
  before: readonly AttributeDefinition[],
  after: readonly AttributeDefinition[],
  path: string,
): readonly string[] {
  return before.flatMap((old) => {
    const place = `${path}.${old.name}`;
    const next = after.find(({ name }) => name.toLowerCase() === old.name.toLowerCase());
    if (next === undefined) return [`${place}: is registered, and cannot be left out`];
    const changed = FIXED.filter((characteristic) => old[characteristic] !== next[characteristic]);
    return [
      ...changed.map((name) => `${place}.${name}: is ${old[name]} and cannot become ${next[name]}`),
      ...findAttributeConflicts(old.subAttributes ?? [], next.subAttributes ?? [], `${place}.subAttributes`),
    ];
  });
}
