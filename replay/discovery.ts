import {
  CORE_GROUP,
  explain,
  ListResponseSchema,
  type SchemaResource,
  SchemaResourceSchema,
} from './answer/messages.ts';
import { isJsonArray, isJsonObject, type JsonValue, memberOf } from './json.ts';
import { MANAGER } from './mapping/target.ts';
import { type Play, playOnce } from './play.ts';

/** Schema_Discoverability, and the other two discovery endpoints of the gallery's checklist. */
export async function playDiscovery(play: Play): Promise<void> {
  await playOnce(play, 'gallery: Schema_Discoverability', () => discoverSchemas(play));
  await playOnce(play, 'discovery', async () => {
    await play.directory.send({ method: 'GET', endpoint: 'ServiceProviderConfig', expect: [200] });
    const types = await play.directory.send({ method: 'GET', endpoint: 'ResourceTypes', expect: [200] });
    const parsed = ListResponseSchema.safeParse(types.body);
    if (parsed.success) return;
    play.recorder.fault({ check: 'shape', request: types.kind, message: explain(parsed.error) });
  });
}

async function discoverSchemas(play: Play): Promise<void> {
  const { body, kind } = await play.directory.send({ method: 'GET', endpoint: 'Schemas', expect: [200] });
  const fault = (message: string): void => play.recorder.fault({ check: 'discovery', request: kind, message });
  const list = ListResponseSchema.safeParse(body);
  if (!list.success) {
    fault(explain(list.error));
    return;
  }
  if (hasNull(body ?? null)) fault('the answer holds a null, which Entra does not take in /Schemas');
  const schemas: SchemaResource[] = [];
  for (const resource of toList(memberOf(body, 'Resources'))) {
    const parsed = SchemaResourceSchema.safeParse(resource);
    if (parsed.success) schemas.push(parsed.data);
    else fault(explain(parsed.error));
  }
  const isGroup = (schema: SchemaResource): boolean => schema.id === CORE_GROUP;
  const ofUsers = play.mapping.attributes.map(({ target }) => target.path);
  if (play.mapping.manager) ofUsers.push(MANAGER);
  const missing = [
    ...findMissing(
      ofUsers,
      schemas.filter((schema) => !isGroup(schema)),
    ),
    ...findMissing(['displayName', 'externalId', 'members'], schemas.filter(isGroup)).map((name) => `Group ${name}`),
  ];
  if (missing.length > 0) fault(`/Schemas does not show ${missing.join(', ')}`);
}

function findMissing(paths: readonly string[], schemas: readonly SchemaResource[]): string[] {
  const found = new Set(schemas.flatMap(flatten).map((name) => name.toLowerCase()));
  return paths.filter((path) => !found.has(path.toLowerCase()));
}

/**
 * The schema's attributes as the gallery's test names them: the values of a multi-valued attribute by the canonical
 * values of its `type`, or else by `primary`.
 */
export function flatten({ id, attributes }: SchemaResource): string[] {
  const prefix = id.includes(':extension:') ? `${id}:` : '';
  return attributes.flatMap(({ name, type, multiValued, subAttributes = [] }) => {
    const path = `${prefix}${name}`;
    if (type !== 'complex') return [path];
    if (!multiValued) return [path, ...subAttributes.map((sub) => `${path}.${sub.name}`)];
    const types = subAttributes.find((sub) => sub.name === 'type')?.canonicalValues ?? [];
    const selectors = types.length > 0 ? types.map((value) => `type eq "${value}"`) : ['primary eq "True"'];
    return [path, ...selectors.flatMap((selector) => subAttributes.map((sub) => `${path}[${selector}].${sub.name}`))];
  });
}

function toList(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

function hasNull(value: JsonValue): boolean {
  if (value === null) return true;
  if (isJsonArray(value)) return value.some(hasNull);
  return isJsonObject(value) && Object.values(value).some(hasNull);
}
