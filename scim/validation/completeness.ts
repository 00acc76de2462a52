import { invalidValue } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';

/**
 * Checks that attributes in stored form have all that their schemas require: attributes of the core schema, required
 * extensions, attributes of the extensions that are there, sub-attributes of the values that are there. A string of
 * nothing but blanks does not count.
 *
 * @throws {@link ScimError} 400 `invalidValue` naming what is missing.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7, required}
 */
export function assertComplete(schema: ResourceSchema, attributes: JsonObject): void {
  assertRequired(schema.coreAttributes, attributes, '');
  for (const { schema: extension, required } of schema.type.extensions) {
    const data = member(attributes, extension.id);
    if (isJsonObject(data)) assertRequired(extension.attributes, data, `${extension.id}:`);
    else if (required) throw invalidValue(`${extension.id}: every ${schema.type.name} must have this extension`);
  }
}

function assertRequired(definitions: readonly AttributeDefinition[], holder: JsonObject, prefix: string): void {
  for (const attribute of demandingAmong(definitions)) {
    const path = `${prefix}${attribute.name}`;
    const value = member(holder, attribute.name);
    if (isRequiredOfClients(attribute) && isMissing(value)) throw invalidValue(`${path} is required`);
    for (const entry of isJsonArray(value) ? value : [value]) {
      if (isJsonObject(entry)) assertRequired(attribute.subAttributes ?? [], entry, `${path}.`);
    }
  }
}

/** Most attributes demand nothing, and every write asks: what a list of definitions demands is worked out once. */
const demanding = new WeakMap<readonly AttributeDefinition[], readonly AttributeDefinition[]>();

/** The attributes that are required of clients, or have sub-attributes that are. */
function demandingAmong(definitions: readonly AttributeDefinition[]): readonly AttributeDefinition[] {
  const known = demanding.get(definitions);
  if (known !== undefined) return known;
  const found = definitions.filter(
    (attribute) => isRequiredOfClients(attribute) || demandingAmong(attribute.subAttributes ?? []).length > 0,
  );
  demanding.set(definitions, found);
  return found;
}

/** What the service itself provides, drops or keeps apart is never among the stored attributes. */
function isRequiredOfClients({ required, mutability, keptApart }: AttributeDefinition): boolean {
  return required && mutability !== 'readOnly' && mutability !== 'writeOnly' && keptApart === undefined;
}

function isMissing(value: JsonValue | undefined): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '');
}
