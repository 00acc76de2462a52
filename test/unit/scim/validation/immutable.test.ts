import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../scim/json.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { assertImmutableKept } from '../../../../scim/validation/immutable.ts';

const URN = 'urn:ietf:params:scim:schemas:extension:acme:2.0:Group';
const { Group } = createResourceSchemas([
  {
    resourceType: 'Group',
    schema: {
      id: URN,
      name: 'AcmeGroup',
      description: 'What Acme knows of a group.',
      attributes: [
        defineAttribute('badge', 'Given once.', { mutability: 'immutable' }),
        defineAttribute('desk', 'Where it sits.', {
          type: 'complex',
          subAttributes: [
            defineAttribute('floor', 'Given once.', { mutability: 'immutable' }),
            defineAttribute('room', 'May change.'),
          ],
        }),
        defineAttribute('devices', 'Things.', {
          type: 'complex',
          multiValued: true,
          subAttributes: [defineAttribute('serial', 'Given once.', { mutability: 'immutable' })],
        }),
      ],
    },
  },
]);
const replace = (before: JsonObject, after: JsonObject | undefined) => () =>
  assertImmutableKept(
    Group,
    { displayName: 'G', [URN]: before },
    after === undefined ? { displayName: 'H' } : { displayName: 'H', [URN]: after },
  );
const refusal = (detail: string) =>
  expect.objectContaining({ status: 400, scimType: 'mutability', message: expect.stringContaining(detail) });

describe('assertImmutableKept', () => {
  it('lets an immutable attribute stay, and be assigned where it was not', () => {
    expect(replace({ badge: 'b' }, { badge: 'b', desk: { room: '1' } })).not.toThrow();
    expect(replace({ desk: { floor: '1', room: '1' } }, { badge: 'b', desk: { floor: '1', room: '2' } })).not.toThrow();
  });

  it.each([{ badge: 'c' }, {}, undefined])('refuses %j in place of an immutable attribute', (after) => {
    expect(replace({ badge: 'b' }, after)).toThrow(refusal(`${URN}:badge is immutable`));
  });

  it('refuses another value of an immutable sub-attribute', () => {
    expect(replace({ desk: { floor: '1' } }, { desk: { floor: '2' } })).toThrow(
      refusal(`${URN}:desk.floor is immutable`),
    );
  });

  it('lets the values of a list come and go', () => {
    expect(replace({ devices: [{ serial: '1' }] }, { devices: [{ serial: '2' }] })).not.toThrow();
  });
});
