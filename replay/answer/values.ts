import type { Resource } from '../http/resource.ts';
import type { Mapping, Values } from '../mapping/mapping.ts';
import { readTarget } from '../mapping/target.ts';

/** Where the resource differs from what was written: a line for each attribute of the mapping. */
export function findDifferences(mapping: Mapping, expected: Values, resource: Resource): string[] {
  const differences: string[] = [];
  for (const { target } of mapping.attributes) {
    const wanted = expected.get(target.path);
    const actual = readTarget(resource.attributes, target);
    if (wanted !== actual) {
      differences.push(
        `${target.path} is ${JSON.stringify(actual ?? null)}, expected ${JSON.stringify(wanted ?? null)}`,
      );
    }
  }
  return differences;
}

/** What the directory holds of the mapping's attributes. */
export function readValues(mapping: Mapping, resource: Resource): Values {
  const values = new Map<string, string | boolean>();
  for (const { target } of mapping.attributes) {
    const value = readTarget(resource.attributes, target);
    if (typeof value === 'string' || typeof value === 'boolean') values.set(target.path, value);
  }
  return values;
}
