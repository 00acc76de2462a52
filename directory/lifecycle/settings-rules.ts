import { compilePresence, resolvePathText, toPathText } from '../../scim/attribute-presence.ts';
import { ScimError } from '../../scim/errors.ts';
import { isSameJson, type JsonObject } from '../../scim/json.ts';
import type { PatchTarget } from '../../scim/patch/target.ts';
import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { parsePartialBody } from '../../scim/validation/resource-body.ts';
import type { TenantSettings } from '../context.ts';
import { OperationRefusedError } from '../operator/operation.ts';

type Schemas = Readonly<Record<ResourceTypeName, ResourceSchema>>;

/** What identity providers and this directory know a user by, and what says whether one may enter. */
const ALWAYS_PROVISIONED = ['userName', 'externalId', 'active'];

/**
 * The changes with every path in the schemas' own spelling.
 *
 * @param settings - All of them, as they shall be.
 * @throws {@link OperationRefusedError} `invalid` where a path names no attribute of the tenant, or settings contradict each
 * other.
 */
export function toValidSettings(
  schemas: Schemas,
  settings: TenantSettings,
  changes: Partial<TenantSettings>,
): Partial<TenantSettings> {
  const { eventAttributes, requiredAttributes, locallyOwned, createDefaults } = changes;
  const checked: Partial<TenantSettings> = {
    ...changes,
    ...(eventAttributes && { eventAttributes: canonical(eventAttributes, (path) => toEventPath(schemas, path)) }),
    ...(requiredAttributes && {
      requiredAttributes: canonical(requiredAttributes, (path) => toRequiredPath(schemas.User, path)),
    }),
    ...(locallyOwned && { locallyOwned: canonical(locallyOwned, (path) => toOwnedPath(schemas.User, path)) }),
  };
  if (createDefaults !== undefined) assertDefaults(schemas.User, createDefaults);
  assertConsistent(schemas.User, { ...settings, ...checked });
  return checked;
}

function canonical(paths: readonly string[], toPath: (path: string) => string): readonly string[] {
  return [...new Set(paths.map(toPath))];
}

/** An attribute of a user or a group, a schema extension as a whole, or `*`. */
function toEventPath(schemas: Schemas, path: string): string {
  if (path === '*') return path;
  for (const schema of Object.values(schemas)) {
    const extension = schema.findExtension(path);
    if (extension !== undefined) return extension.id;
    const target = findTarget(schema, path);
    if (target !== undefined && target.valueFilter === undefined) return target.canonical;
  }
  throw invalid(`eventAttributes: ${quote(path)} names no attribute or extension of a User or Group, and is not "*"`);
}

function toRequiredPath(schema: ResourceSchema, path: string): string {
  const target = getTarget(schema, 'requiredAttributes', path);
  assertProvisioned('requiredAttributes', target);
  naming('requiredAttributes', path, () => compilePresence(target));
  return toPathText(target);
}

function toOwnedPath(schema: ResourceSchema, path: string): string {
  const target = getTarget(schema, 'locallyOwned', path);
  assertProvisioned('locallyOwned', target);
  const { attribute, subAttribute, valueFilter, canonical: name } = target;
  if (valueFilter !== undefined || (attribute.multiValued && subAttribute !== undefined)) {
    throw invalid(
      `locallyOwned: ${quote(path)} is a part of a list; name ${target.attributePath}, which is owned as a whole`,
    );
  }
  if (ALWAYS_PROVISIONED.includes(attribute.name) && target.extension === undefined) {
    throw invalid(`locallyOwned: ${name} is always the identity provider's`);
  }
  return name;
}

/** @throws where clients cannot set it, or it is not part of the resource. */
function assertProvisioned(setting: string, { attribute, canonical: name }: PatchTarget): void {
  if (attribute.mutability !== 'readOnly' && attribute.mutability !== 'writeOnly' && attribute.keptApart !== true)
    return;
  throw invalid(`${setting}: ${name} cannot be set by clients, or is not kept`);
}

function assertDefaults(schema: ResourceSchema, defaults: JsonObject): void {
  const { attributes, members } = naming('createDefaults', '', () => parsePartialBody(schema, defaults));
  for (const [name, value] of Object.entries(defaults)) {
    if (isSameJson(attributes[name], value)) continue;
    throw invalid(
      `createDefaults: ${quote(name)} is not as a User has it; expected attributes that clients can set, spelled as /Schemas spells them`,
    );
  }
  if (defaults['active'] !== undefined) {
    throw invalid("createDefaults: active is always the identity provider's: it says who may enter");
  }
  const own = Object.keys(defaults).find((name) => ALWAYS_PROVISIONED.includes(name));
  if (own !== undefined || members !== undefined) {
    throw invalid(`createDefaults: ${own ?? 'members'} differs from user to user and has no default`);
  }
}

/** What only the application writes cannot be demanded of the identity provider. */
function assertConsistent(schema: ResourceSchema, { requiredAttributes, locallyOwned }: TenantSettings): void {
  for (const path of requiredAttributes) {
    const required = findTarget(schema, path);
    const owned = locallyOwned.find((other) => {
      const target = findTarget(schema, other);
      if (target === undefined || required === undefined || target.attributePath !== required.attributePath)
        return false;
      return target.subAttribute === undefined || target.subAttribute === required.subAttribute;
    });
    if (owned === undefined) continue;
    throw invalid(`${path} is required of identity providers and locally owned (${owned}): it can be one of the two`);
  }
}

function getTarget(schema: ResourceSchema, setting: string, path: string): PatchTarget {
  return naming(setting, path, () => resolvePathText(schema, path));
}

function findTarget(schema: ResourceSchema, path: string): PatchTarget | undefined {
  try {
    return resolvePathText(schema, path);
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}

/** Whatever the protocol's reader refuses is an operator's mistake here. */
function naming<T>(setting: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    throw invalid(`${setting}: ${path === '' ? '' : `${quote(path)}: `}${error.message}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function invalid(message: string): OperationRefusedError {
  return new OperationRefusedError('invalid', message);
}
