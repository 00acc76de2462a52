import type { Draft } from './tiny-scim-patch.ts';

function attribute(name: string, subAttributes: readonly Draft[] = [], multiValued = false): Draft {
  if (subAttributes.length === 0) return { name, type: 'string', multiValued };
  return { name, type: 'complex', multiValued, subAttributes };
}

function typed(name: string, types: readonly string[], subs: readonly string[]): Draft {
  const type = { ...attribute('type'), canonicalValues: types };
  return attribute(name, [type, ...subs.map((sub) => attribute(sub))], true);
}

function schema(id: string, attributes: readonly Draft[]): Draft {
  return { id, name: id.split(':').at(-1), attributes };
}

/** What the tiny server shows at `/Schemas`: the attributes that the replay's mappings write. */
export const tinySchemas: readonly Draft[] = [
  schema('urn:ietf:params:scim:schemas:core:2.0:User', [
    ...['userName', 'externalId', 'displayName', 'title', 'preferredLanguage', 'locale', 'active'].map((name) =>
      attribute(name),
    ),
    attribute(
      'name',
      ['givenName', 'familyName', 'formatted'].map((name) => attribute(name)),
    ),
    typed('emails', ['work', 'home'], ['value', 'primary']),
    typed('phoneNumbers', ['work', 'mobile', 'fax'], ['value']),
    typed('addresses', ['work'], ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country']),
  ]),
  schema('urn:ietf:params:scim:schemas:core:2.0:Group', [
    attribute('displayName'),
    attribute('externalId'),
    attribute('members', [attribute('value')], true),
  ]),
  schema('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', [
    attribute('employeeNumber'),
    attribute('department'),
    attribute('manager', [attribute('value')]),
  ]),
];
