import { defineAttribute } from '../../scim/schema/common.ts';
import { ResourceSchema } from '../../scim/schema/resource-schema.ts';

export const CORE_URN = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const BADGE_URN = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
export const DESK_URN = 'urn:example:params:scim:schemas:extension:desk:2.0:User';

const typedValue = [
  defineAttribute('value', 'The value.'),
  defineAttribute('type', 'What it is used for.'),
  defineAttribute('primary', 'Whether it is the first choice.', { type: 'boolean' }),
];

/** A small resource type with an attribute of every type, one of them twice in two extensions (`floor`). */
export const sampleSchema = new ResourceSchema({
  name: 'User',
  description: 'A user.',
  endpoint: '/Users',
  schema: {
    id: CORE_URN,
    name: 'User',
    description: 'A user.',
    attributes: [
      defineAttribute('userName', 'Name to sign in with.'),
      defineAttribute('externalId', 'The client’s own id.', { caseExact: true }),
      defineAttribute('active', 'Whether the user may enter.', { type: 'boolean' }),
      defineAttribute('password', 'Never shown.', { returned: 'never', mutability: 'writeOnly' }),
      defineAttribute('name', 'The user’s name.', {
        type: 'complex',
        subAttributes: [defineAttribute('givenName', 'First name.'), defineAttribute('familyName', 'Last name.')],
      }),
      defineAttribute('emails', 'Addresses.', { type: 'complex', multiValued: true, subAttributes: typedValue }),
      defineAttribute('photos', 'Pictures without a value.', {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          defineAttribute('type', 'What it shows.'),
          defineAttribute('secret', 'Never shown.', { returned: 'never' }),
        ],
      }),
      defineAttribute('nickNames', 'Simple and multi-valued.', { multiValued: true }),
    ],
  },
  extensions: [
    {
      required: false,
      schema: {
        id: BADGE_URN,
        name: 'Badge',
        description: 'The user’s badge.',
        attributes: [
          defineAttribute('level', 'A whole number.', { type: 'integer' }),
          defineAttribute('weight', 'A number.', { type: 'decimal' }),
          defineAttribute('issued', 'When it was issued.', { type: 'dateTime' }),
          defineAttribute('print', 'Bytes.', { type: 'binary', caseExact: true }),
          defineAttribute('floor', 'Also in the other extension.'),
          defineAttribute('manager', 'Another user.', {
            type: 'complex',
            subAttributes: [
              defineAttribute('value', 'Its id.', { caseExact: true }),
              defineAttribute('$ref', 'Its URL.', { type: 'reference', referenceTypes: ['User'], caseExact: true }),
              defineAttribute('displayName', 'Its name.'),
            ],
          }),
        ],
      },
    },
    {
      required: false,
      schema: {
        id: DESK_URN,
        name: 'Desk',
        description: 'The user’s desk.',
        attributes: [defineAttribute('floor', 'Also in the other extension.')],
      },
    },
  ],
});
