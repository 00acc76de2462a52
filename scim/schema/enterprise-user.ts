import { defineAttribute } from './common.ts';
import type { Schema } from './types.ts';

export const ENTERPRISE_USER_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The extension for users of an organization.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-4.3 RFC 7643 §4.3}
 */
export const enterpriseUserSchema: Schema = {
  id: ENTERPRISE_USER_SCHEMA,
  name: 'EnterpriseUser',
  description: 'What an organization knows of a user who belongs to it.',
  attributes: [
    defineAttribute('employeeNumber', 'Identifier that the organization gave the person; digits or letters.'),
    defineAttribute('costCenter', 'Name of the cost center.'),
    defineAttribute('organization', 'Name of the organization.'),
    defineAttribute('division', 'Name of the division.'),
    defineAttribute('department', 'Name of the department.'),
    defineAttribute('manager', "The user's manager: another user of the directory.", {
      type: 'complex',
      subAttributes: [
        defineAttribute('value', 'Id of the manager; need not be known to the directory yet.', { caseExact: true }),
        defineAttribute('$ref', 'URL of the manager.', {
          type: 'reference',
          referenceTypes: ['User'],
          caseExact: true,
        }),
        defineAttribute('displayName', "The manager's displayName.", { mutability: 'readOnly' }),
      ],
    }),
  ],
};
