import { describe, expect, it } from 'vitest';
import { resourceTypeRepresentations, schemaRepresentations, serviceProviderConfig } from '../../../scim/discovery.ts';
import { isJsonArray, isJsonObject, type JsonValue, member } from '../../../scim/json.ts';
import { defineAttribute } from '../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { GROUP_SCHEMA } from '../../../scim/schema/group.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';
import type { Schema } from '../../../scim/schema/types.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';

const tenantUrl = 'https://scim.example.com/acme/scim/v2';
const badges: Schema = {
  id: 'urn:example:Bad ges/1:User',
  name: 'Badges',
  description: 'Badges.',
  attributes: [defineAttribute('badgeNumber', 'Number on the badge.')],
};

/** The object's member at the path, where a list is searched for the element of that name or id. */
function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, step) => {
    if (isJsonObject(found)) return member(found, step);
    if (!isJsonArray(found)) return undefined;
    return found.find((element) => isJsonObject(element) && (element['name'] === step || element['id'] === step));
  }, value);
}

describe('serviceProviderConfig', () => {
  const features = { maxPageSize: 50, maxBulkOperations: 200, maxBulkBytes: 65_536 };
  const config = serviceProviderConfig(tenantUrl, features);

  it('declares what is supported', () => {
    expect(config).toMatchObject({ patch: { supported: true }, etag: { supported: true }, sort: { supported: true } });
    expect(config['filter']).toEqual({ supported: true, maxResults: 50 });
  });

  it('declares the limits of a bulk request', () => {
    expect(config['bulk']).toEqual({ supported: true, maxOperations: 200, maxPayloadSize: 65_536 });
  });

  it('declares both ways of paging, by index where a client names none (RFC 9865 §2.4)', () => {
    expect(config['pagination']).toEqual({
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 50,
      maxPageSize: 50,
      cursorTimeout: 3_600,
    });
  });

  it('declares what is not supported', () => {
    expect(config).toMatchObject({ changePassword: { supported: false } });
  });

  it('says how to authenticate and where it is found', () => {
    expect(config['authenticationSchemes']).toEqual([expect.objectContaining({ type: 'oauthbearertoken' })]);
    expect(config['meta']).toEqual({
      resourceType: 'ServiceProviderConfig',
      location: `${tenantUrl}/ServiceProviderConfig`,
    });
  });

  it('has a documentationUri only where there is documentation', () => {
    expect(config).not.toHaveProperty('documentationUri');
    const documentationUri = 'https://docs.example.com/';
    expect(serviceProviderConfig(tenantUrl, { ...features, documentationUri })).toMatchObject({ documentationUri });
  });

  it('has no attribute that its own schema does not describe', () => {
    const [described] = schemaRepresentations(Object.values(createResourceSchemas()), tenantUrl).filter(
      ({ name }) => name === 'ServiceProviderConfig',
    );
    for (const [name, value] of Object.entries(config)) {
      if (name === 'schemas' || name === 'meta') continue;
      for (const part of isJsonArray(value) ? value : [value]) {
        for (const subName of isJsonObject(part) ? Object.keys(part) : []) {
          expect(at(described, 'attributes', name, 'subAttributes', subName), `${name}.${subName}`).toBeDefined();
        }
      }
    }
  });
});

describe('resourceTypeRepresentations', () => {
  it('gives each resource type its endpoint and schemas', () => {
    const schemas = createResourceSchemas([{ resourceType: 'Group', schema: badges }]);
    expect(resourceTypeRepresentations(Object.values(schemas), tenantUrl)).toEqual([
      {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
        id: 'User',
        name: 'User',
        description: expect.any(String),
        endpoint: '/Users',
        schema: USER_SCHEMA,
        schemaExtensions: [{ schema: ENTERPRISE_USER_SCHEMA, required: false }],
        meta: { resourceType: 'ResourceType', location: `${tenantUrl}/ResourceTypes/User` },
      },
      expect.objectContaining({ id: 'Group', schemaExtensions: [{ schema: badges.id, required: false }] }),
    ]);
  });
});

describe('schemaRepresentations', () => {
  const listed = schemaRepresentations(Object.values(createResourceSchemas()), tenantUrl);

  it('lists a schema for every URN that a resource can name', () => {
    expect(listed.map(({ id }) => id)).toEqual([
      USER_SCHEMA,
      GROUP_SCHEMA,
      ENTERPRISE_USER_SCHEMA,
      'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
      'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
      'urn:ietf:params:scim:schemas:core:2.0:Schema',
    ]);
  });

  it('lists the extensions of a tenant, each once', () => {
    const schemas = createResourceSchemas([
      { resourceType: 'User', schema: badges },
      { resourceType: 'Group', schema: badges },
    ]);
    const own = schemaRepresentations(Object.values(schemas), tenantUrl).filter(({ id }) => id === badges.id);
    expect(own).toEqual([
      expect.objectContaining({
        meta: { resourceType: 'Schema', location: `${tenantUrl}/Schemas/urn:example:Bad%20ges%2F1:User` },
      }),
    ]);
  });

  it('writes an attribute with all of its characteristics', () => {
    expect(at([...listed], USER_SCHEMA, 'attributes', 'userName')).toEqual({
      name: 'userName',
      type: 'string',
      multiValued: false,
      description: expect.any(String),
      required: true,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'server',
    });
    expect(at([...listed], GROUP_SCHEMA, 'attributes', 'members', 'subAttributes', '$ref')).toMatchObject({
      type: 'reference',
      referenceTypes: ['User', 'Group'],
      mutability: 'immutable',
    });
  });

  it('shows nothing but the characteristics of RFC 7643 §7, and no null', () => {
    const text = JSON.stringify(listed);
    expect(text).not.toContain('keptApart');
    expect(text).not.toContain('null');
  });

  // What Microsoft's Schema_Discoverability_Test builds its attribute names from
  it.each(['emails', 'phoneNumbers', 'addresses', 'ims', 'photos'])('gives %s canonical types', (name) => {
    const types = at([...listed], USER_SCHEMA, 'attributes', name, 'subAttributes', 'type', 'canonicalValues');
    expect(types).toEqual(expect.arrayContaining([expect.any(String)]));
  });

  it.each(['roles', 'entitlements'])('gives %s no canonical types, so that Entra selects by primary', (name) => {
    const type = at([...listed], USER_SCHEMA, 'attributes', name, 'subAttributes', 'type');
    expect(type).toBeDefined();
    expect(type).not.toHaveProperty('canonicalValues');
  });

  it.each([USER_SCHEMA, GROUP_SCHEMA])('lists externalId in %s', (urn) => {
    expect(at([...listed], urn, 'attributes', 'externalId')).toMatchObject({ caseExact: true });
  });
});
