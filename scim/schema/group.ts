import { defineAttribute } from './common.ts';
import type { Schema } from './types.ts';

export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/**
 * The Group schema. It lists `externalId`, a common attribute by RFC 7643 §3.1, because Entra looks for it here. A
 * member has no `display`: it would cost a read for each member, and no client asks for it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-4.2 RFC 7643 §4.2}
 */
export const groupSchema: Schema = {
  id: GROUP_SCHEMA,
  name: 'Group',
  description: 'Group of users and of other groups.',
  attributes: [
    defineAttribute('externalId', 'Identifier that the client gave the group.', { caseExact: true }),
    defineAttribute('displayName', 'Name of the group; no two groups of the directory share it.', {
      required: true,
      uniqueness: 'server',
    }),
    defineAttribute('members', 'Users and groups that are members of the group.', {
      type: 'complex',
      multiValued: true,
      keptApart: true,
      subAttributes: [
        defineAttribute('value', 'Id of the member.', { required: true, caseExact: true, mutability: 'immutable' }),
        defineAttribute('$ref', 'URL of the member.', {
          type: 'reference',
          referenceTypes: ['User', 'Group'],
          caseExact: true,
          mutability: 'immutable',
        }),
        defineAttribute('type', 'Resource type of the member.', {
          mutability: 'immutable',
          canonicalValues: ['User', 'Group'],
        }),
      ],
    }),
  ],
};
