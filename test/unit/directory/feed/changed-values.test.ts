import { describe, expect, it } from 'vitest';
import { changedValues } from '../../../../directory/feed/changed-values.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const VAULT = 'urn:example:vault';
const { User: schema } = createResourceSchemas([
  {
    resourceType: 'User',
    schema: {
      id: VAULT,
      name: 'Vault',
      description: 'What nobody is shown.',
      attributes: [
        defineAttribute('pin', 'Never returned.', { returned: 'never' }),
        defineAttribute('colour', 'Returned.'),
        defineAttribute('cards', 'Some of it is returned.', {
          type: 'complex',
          multiValued: true,
          subAttributes: [defineAttribute('value', 'The name.'), defineAttribute('code', 'No.', { returned: 'never' })],
        }),
      ],
    },
  },
]);

describe('changedValues', () => {
  it('names a complex attribute by its parts and an extension by its attributes', () => {
    const before = { name: { givenName: 'Ada', familyName: 'Byron' }, title: 'Miss' };
    const after = { name: { familyName: 'Lovelace' }, [ENTERPRISE_USER_SCHEMA]: { manager: { value: '7' } } };
    expect(changedValues(schema, before, after)).toEqual([
      { path: 'name.familyName', before: 'Byron', after: 'Lovelace' },
      { path: 'name.givenName', before: 'Ada' },
      { path: 'title', before: 'Miss' },
      { path: `${ENTERPRISE_USER_SCHEMA}:manager.value`, after: '7' },
    ]);
  });

  it('shows a multi-valued attribute as a whole', () => {
    const [one, two] = [{ value: 'a@x', type: 'work' }, { value: 'b@x' }];
    expect(changedValues(schema, { emails: [one] }, { emails: [one, two] })).toEqual([
      { path: 'emails', before: [one], after: [one, two] },
    ]);
  });

  it('says nothing of what only is in another order of members', () => {
    const attributes = { name: { givenName: 'Ada', familyName: 'Byron' }, active: true };
    const same = { active: true, name: { familyName: 'Byron', givenName: 'Ada' } };
    expect(changedValues(schema, attributes, same)).toEqual([]);
  });

  it('names what is never returned, and shows no value of it', () => {
    const before = { [VAULT]: { pin: '1234', colour: 'red', cards: [{ value: 'one', code: 'x' }] } };
    const after = { [VAULT]: { pin: '9876', colour: 'blue', cards: [{ value: 'two', code: 'y' }] } };
    expect(changedValues(schema, before, after)).toEqual([
      { path: `${VAULT}:cards`, before: [{ value: 'one' }], after: [{ value: 'two' }] },
      { path: `${VAULT}:colour`, before: 'red', after: 'blue' },
      { path: `${VAULT}:pin` },
    ]);
  });

  it('names what no schema describes any more, and shows no value of it', () => {
    const before = { 'urn:gone': { secret: 1 }, hobby: 'x' };
    expect(changedValues(schema, before, {})).toEqual([{ path: 'hobby' }, { path: 'urn:gone:secret' }]);
  });
});
