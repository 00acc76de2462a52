import { defineAttribute } from './common.ts';
import type { AttributeDefinition, Schema } from './types.ts';

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';

const primary = defineAttribute('primary', 'Whether this is the preferred value; at most one is.', { type: 'boolean' });

/** The label that tells one value from another; with canonical values where a client looks for them. */
function typeLabel(canonicalValues?: readonly string[]): AttributeDefinition {
  return defineAttribute(
    'type',
    'Label of what the value is for.',
    canonicalValues === undefined ? {} : { canonicalValues },
  );
}

/** A multi-valued attribute with the sub-attributes of RFC 7643 §2.4. */
function defineList(
  name: string,
  description: string,
  value: Partial<Omit<AttributeDefinition, 'name' | 'description'>> & { readonly of: string },
  canonicalTypes?: readonly string[],
): AttributeDefinition {
  const { of: valueDescription, ...characteristics } = value;
  return defineAttribute(name, description, {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      defineAttribute('value', valueDescription, characteristics),
      defineAttribute('display', 'The value as people read it.'),
      typeLabel(canonicalTypes),
      primary,
    ],
  });
}

const name = defineAttribute('name', "Parts of the user's real name.", {
  type: 'complex',
  subAttributes: [
    defineAttribute('formatted', 'The whole name, ready to be shown.'),
    defineAttribute('familyName', 'Family name, or last name.'),
    defineAttribute('givenName', 'Given name, or first name.'),
    defineAttribute('middleName', 'Middle names.'),
    defineAttribute('honorificPrefix', 'What stands before the name, such as "Ms.".'),
    defineAttribute('honorificSuffix', 'What stands behind the name, such as "III".'),
  ],
});

/** `primary` is not in RFC 7643 §8.7.1, but §8.2 shows an address that has it and §2.4 defines it for every list. */
const addresses = defineAttribute('addresses', 'Postal addresses.', {
  type: 'complex',
  multiValued: true,
  subAttributes: [
    defineAttribute('formatted', 'The whole address as a label shows it; may have several lines.'),
    defineAttribute('streetAddress', 'Street, house number, post-office box; may have several lines.'),
    defineAttribute('locality', 'City or town.'),
    defineAttribute('region', 'State, province or region.'),
    defineAttribute('postalCode', 'Postal code.'),
    defineAttribute('country', 'Country, as its ISO 3166-1 alpha-2 code.'),
    typeLabel(['work', 'home', 'other']),
    primary,
  ],
});

const groups = defineAttribute('groups', 'Groups that the user is a member of; changed through the groups.', {
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  keptApart: true,
  subAttributes: [
    defineAttribute('value', "The group's id.", { caseExact: true, mutability: 'readOnly' }),
    defineAttribute('$ref', 'URL of the group.', {
      type: 'reference',
      referenceTypes: ['Group'],
      caseExact: true,
      mutability: 'readOnly',
    }),
    defineAttribute('display', 'Name of the group.', { mutability: 'readOnly' }),
    defineAttribute('type', 'Whether the user is a member itself or by way of another group.', {
      mutability: 'readOnly',
      canonicalValues: ['direct', 'indirect'],
    }),
  ],
});

/**
 * The User schema. It lists `externalId`, a common attribute by RFC 7643 §3.1, because Entra looks for it here.
 * `type` of `entitlements`, `roles` and `x509Certificates` has no canonical values: with none, Entra reads
 * `roles[primary eq "True"]` out of the schema, which is how it maps them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-4.1 RFC 7643 §4.1}
 */
export const userSchema: Schema = {
  id: USER_SCHEMA,
  name: 'User',
  description: 'User account.',
  attributes: [
    defineAttribute('externalId', 'Identifier that the client gave the user.', { caseExact: true }),
    defineAttribute('userName', 'Name that the user signs in with; no two users of the directory share it.', {
      required: true,
      uniqueness: 'server',
    }),
    name,
    defineAttribute('displayName', 'Name of the user as shown to others.'),
    defineAttribute('nickName', 'What the user is called in daily life.'),
    defineAttribute('profileUrl', "URL of the user's online profile.", {
      type: 'reference',
      referenceTypes: ['external'],
      caseExact: true,
    }),
    defineAttribute('title', 'Job title.'),
    defineAttribute('userType', 'Relation of the user to the organization, such as "Employee" or "Contractor".'),
    defineAttribute('preferredLanguage', 'Languages that the user prefers, as in the Accept-Language header.'),
    defineAttribute('locale', 'Locale for dates, numbers and currency, as a BCP 47 tag such as "en-US".'),
    defineAttribute('timezone', 'Time zone by its IANA name, such as "Europe/Berlin".'),
    defineAttribute('active', 'Whether the user may use the service.', { type: 'boolean' }),
    defineAttribute('password', 'Accepted from clients that send it, never stored and never returned.', {
      caseExact: true,
      mutability: 'writeOnly',
      returned: 'never',
    }),
    defineList('emails', 'E-mail addresses.', { of: 'E-mail address.' }, ['work', 'home', 'other']),
    defineList('phoneNumbers', 'Telephone numbers.', { of: 'Telephone number, stored as sent.' }, [
      'work',
      'home',
      'mobile',
      'fax',
      'pager',
      'other',
    ]),
    defineList('ims', 'Instant messaging addresses.', { of: 'Instant messaging address.' }, [
      'aim',
      'gtalk',
      'icq',
      'xmpp',
      'msn',
      'skype',
      'qq',
      'yahoo',
    ]),
    defineList(
      'photos',
      'Pictures of the user.',
      { of: 'URL of the picture.', type: 'reference', referenceTypes: ['external'], caseExact: true },
      ['photo', 'thumbnail'],
    ),
    addresses,
    groups,
    defineList('entitlements', 'Things that the user is entitled to.', { of: 'The entitlement.' }),
    defineList('roles', 'Roles of the user, as the client names them.', { of: 'The role.' }),
    defineList('x509Certificates', 'Certificates issued to the user.', {
      of: 'The certificate: DER in base64.',
      type: 'binary',
      caseExact: true,
    }),
  ],
};
