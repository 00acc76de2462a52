import { describe, expect, it } from 'vitest';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { parsePatchBody } from '../../../../scim/patch/parse.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { parseResourceBody } from '../../../../scim/validation/resource-body.ts';
import { readDocumentedBody } from '../../../helpers/documented-requests.ts';

const { User, Group } = createResourceSchemas();
const ID = '3f0c1a52-7d7e-4f5e-9a6b-0d1c2b3a4e5f';
const OTHER_ID = '8b1d7c90-52aa-4c1f-8e0e-6f1f2d3c4b5a';

describe('Okta', () => {
  it('creates a user whose password is dropped', () => {
    const { attributes } = parseResourceBody(
      User,
      readDocumentedBody('okta/create-user', 'with a password and no groups'),
    );
    expect(attributes).toMatchObject({ userName: 'dee@okta.example', active: true });
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['password']));
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['groups']));
  });

  it('replaces a user with the object as fetched, id, meta and groups included', () => {
    expect(parseResourceBody(User, readDocumentedBody('okta/replace-user', 'as fetched, changed')).attributes).toEqual({
      userName: 'dee@okta.example',
      name: { givenName: 'Dee', familyName: 'Dee' },
      emails: [{ primary: true, value: 'dee@okta.example', type: 'work' }],
      active: false,
    });
  });

  it.each([
    ['deactivated', { userName: 'dee', active: true }, { userName: 'dee', active: false }],
    ['activated', { userName: 'dee', active: false }, { userName: 'dee', active: true }],
  ])('has a user %s without a path', (shows, before, after) => {
    const operations = parsePatchBody(User, readDocumentedBody('okta/activate-user', shows));
    expect(applyPatch(User, before, operations, ID).attributes).toEqual(after);
  });

  it('changes nothing by a password', () => {
    const before = { userName: 'dee' };
    const operations = parsePatchBody(User, readDocumentedBody('okta/activate-user', 'given a password'));
    expect(applyPatch(User, before, operations, ID).attributes).toBe(before);
  });

  it.each(['with its own id', 'with schemas and meta'])('renames a group by a value %s', (shows) => {
    const operations = parsePatchBody(Group, readDocumentedBody('okta/group-rename', shows));
    expect(applyPatch(Group, { displayName: 'Sales' }, operations, ID).attributes).toEqual({ displayName: 'Sales EU' });
  });

  it('is refused the change of an id', () => {
    const operations = parsePatchBody(Group, readDocumentedBody('okta/group-rename', 'with its own id'));
    expect(() => applyPatch(Group, { displayName: 'Sales' }, operations, OTHER_ID)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'mutability' }),
    );
  });

  it('asks for nothing by a value of schemas and meta alone', () => {
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { schemas: [], Meta: {} } }],
    };
    expect(parsePatchBody(Group, body)).toEqual([]);
  });

  it.each([
    [
      'one out, one in',
      [
        { kind: 'remove', ids: [OTHER_ID] },
        { kind: 'add', ids: [ID] },
      ],
    ],
    ['a full push', [{ kind: 'clear' }, { kind: 'add', ids: [ID, OTHER_ID] }]],
  ])('pushes members: %s', (shows, expected) => {
    const operations = parsePatchBody(Group, readDocumentedBody('okta/group-members', shows));
    expect(applyPatch(Group, { displayName: 'Sales' }, operations, 'g1').memberChanges).toEqual(expected);
  });
});
