import { defineAttribute } from '../../scim/schema/common.ts';
import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { Schema } from '../../scim/schema/types.ts';

export const ACME_SCHEMA = 'urn:ietf:params:scim:schemas:extension:acme:2.0:User';

/** A tenant's own extension with what the built-in schemas have none of: every type, immutable and required attributes. */
export const acmeExtension: Schema = {
  id: ACME_SCHEMA,
  name: 'AcmeUser',
  description: 'What Acme knows of a user.',
  attributes: [
    defineAttribute('badge', 'Given once.', { mutability: 'immutable' }),
    defineAttribute('origin', 'Said by the service.', { mutability: 'readOnly' }),
    defineAttribute('pin', 'Never seen again.', { mutability: 'writeOnly', returned: 'never' }),
    defineAttribute('level', 'A whole number.', { type: 'integer' }),
    defineAttribute('score', 'A number.', { type: 'decimal' }),
    defineAttribute('hiredAt', 'A date and time.', { type: 'dateTime' }),
    defineAttribute('key', 'Bytes.', { type: 'binary', caseExact: true }),
    defineAttribute('tags', 'Words.', { multiValued: true }),
    defineAttribute('grants', 'Words that stay.', { multiValued: true, mutability: 'immutable' }),
    defineAttribute('devices', 'Things with a serial number.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        defineAttribute('serial', 'Given once.', { mutability: 'immutable' }),
        defineAttribute('model', 'What it is.', { required: true }),
        defineAttribute('ports', 'Words.', { multiValued: true }),
        defineAttribute('code', 'Never seen again.', { mutability: 'writeOnly', returned: 'never' }),
        defineAttribute('seenAt', 'Said by the service.', { type: 'dateTime', mutability: 'readOnly' }),
      ],
    }),
    defineAttribute('desk', 'Where the user sits.', {
      type: 'complex',
      subAttributes: [
        defineAttribute('floor', 'A whole number.', { type: 'integer', required: true }),
        defineAttribute('room', 'A word.'),
      ],
    }),
  ],
};

/** The User schema of a tenant that registered {@link acmeExtension}. */
export const acmeUserSchema: ResourceSchema = createResourceSchemas([
  { resourceType: 'User', schema: acmeExtension },
]).User;
