import { isJsonArray, type JsonObject, memberOf } from '../json.ts';
import { MANAGER, parseTarget, readTarget } from '../mapping/target.ts';

/** A user or group as the directory answered it. */
export interface Resource {
  readonly id: string;
  /** `meta.version`, where the directory has versions. */
  readonly version: string | undefined;
  readonly lastModified: string | undefined;
  readonly attributes: JsonObject;
}

export function toResource(attributes: JsonObject, id: string): Resource {
  const meta = memberOf(attributes, 'meta');
  return { id, attributes, version: textOf(meta, 'version'), lastModified: textOf(meta, 'lastModified') };
}

const managerTarget = parseTarget(MANAGER);

/** The id of the user's manager. */
export function managerOf({ attributes }: Resource): string | undefined {
  const manager = readTarget(attributes, managerTarget);
  return textOf(manager, 'value');
}

/** The ids in a group's `members`, or in a user's `groups`; undefined where the attribute was not returned. */
export function referencesOf(resource: Resource, attribute: 'members' | 'groups'): readonly string[] | undefined {
  const values = memberOf(resource.attributes, attribute);
  if (!isJsonArray(values)) return undefined;
  return values.map((value) => textOf(value, 'value') ?? '');
}

/** The resource's attribute of that name, where it is a text. */
export function textOf(value: Parameters<typeof memberOf>[0], name: string): string | undefined {
  const found = memberOf(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
