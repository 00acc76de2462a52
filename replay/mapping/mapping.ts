import type { Person } from '../upstream/person.ts';
import { ENTERPRISE_USER, parseTarget, type Target } from './target.ts';

export const mappingNames = ['default', 'mail-objectid', 'email', 'employee-number'] as const;
export type MappingName = (typeof mappingNames)[number];

/** What is written to one attribute of the target; undefined: nothing to write. */
export interface AttributeMapping {
  readonly target: Target;
  readonly source: (person: Person) => string | boolean | undefined;
}

/** How an administrator has told an identity provider to write people into the directory. */
export interface Mapping {
  readonly name: MappingName | 'okta';
  readonly attributes: readonly AttributeMapping[];
  /** Tried in this order, one query each, until one finds the user. */
  readonly matching: readonly Target[];
  /** Whether groups are provisioned, too. */
  readonly groups: boolean;
  /** Whether `active` is written as "True" and "False" by every request. */
  readonly stringBooleans: boolean;
  /** Whether the manager is written. */
  readonly manager: boolean;
}

/** What an identity provider has written to a user, by path. */
export type Values = ReadonlyMap<string, string | boolean>;

/** What the mapping makes of the person. */
export function toValues(mapping: Mapping, person: Person): Values {
  const values = new Map<string, string | boolean>();
  for (const { target, source } of mapping.attributes) {
    const value = source(person);
    if (value !== undefined) values.set(target.path, value);
  }
  return values;
}

type Source = AttributeMapping['source'];

const isActive: Source = (person) => person.accountEnabled && !person.softDeleted;

const details: readonly (readonly [string, Source])[] = [
  ['active', isActive],
  ['displayName', (person) => person.displayName],
  ['title', (person) => person.jobTitle],
  ['emails[type eq "work"].value', (person) => person.mail],
  ['preferredLanguage', (person) => person.preferredLanguage],
  ['name.givenName', (person) => person.givenName],
  ['name.familyName', (person) => person.surname],
  ['name.formatted', (person) => `${person.givenName} ${person.surname}`],
  ['addresses[type eq "work"].formatted', (person) => person.office],
  ['addresses[type eq "work"].streetAddress', (person) => person.streetAddress],
  ['addresses[type eq "work"].locality', (person) => person.city],
  ['addresses[type eq "work"].region', (person) => person.state],
  ['addresses[type eq "work"].postalCode', (person) => person.postalCode],
  ['addresses[type eq "work"].country', (person) => person.country],
  ['phoneNumbers[type eq "work"].value', (person) => person.telephoneNumber],
  ['phoneNumbers[type eq "mobile"].value', (person) => person.mobile],
  [`${ENTERPRISE_USER}:employeeNumber`, (person) => person.employeeId],
  [`${ENTERPRISE_USER}:department`, (person) => person.department],
];

function createMapping(
  name: Mapping['name'],
  names: { readonly userName: Source; readonly externalId: Source },
  matching: readonly string[],
  options: { readonly groups: boolean; readonly stringBooleans: boolean } = { groups: true, stringBooleans: false },
): Mapping {
  const attributes = [['userName', names.userName] as const, ['externalId', names.externalId] as const, ...details];
  return {
    name,
    attributes: attributes.map(([path, source]) => ({ target: parseTarget(path), source })),
    matching: matching.map(parseTarget),
    manager: true,
    ...options,
  };
}

/** Entra strips the marker of a guest where userPrincipalName is mapped, and not where originalUserPrincipalName is. */
const strippedName: Source = ({ userPrincipalName }) => userPrincipalName.replace('#EXT#', '');
const originalName: Source = ({ userPrincipalName }) => userPrincipalName;
const mailNickname: Source = (person) => person.mailNickname;
const objectId: Source = (person) => person.objectId;

const mappings: Readonly<Record<MappingName, Mapping>> = {
  default: createMapping('default', { userName: strippedName, externalId: mailNickname }, ['userName']),
  'mail-objectid': createMapping(
    'mail-objectid',
    { userName: (person) => person.mail, externalId: objectId },
    ['externalId', 'userName'],
    { groups: false, stringBooleans: true },
  ),
  email: createMapping('email', { userName: originalName, externalId: mailNickname }, [
    'emails[type eq "work"].value',
    'userName',
  ]),
  'employee-number': createMapping('employee-number', { userName: originalName, externalId: objectId }, [
    `${ENTERPRISE_USER}:employeeNumber`,
  ]),
};

/** Entra's mapping of that name. */
export function getMapping(name: MappingName): Mapping {
  return mappings[name];
}

/** The profile that Okta keeps of a user. */
export const oktaMapping: Mapping = {
  name: 'okta',
  attributes: (
    [
      ['userName', (person) => person.mail],
      ['externalId', (person) => `00u${person.objectId.replaceAll('-', '').slice(0, 17)}`],
      ['active', isActive],
      ['displayName', (person) => person.displayName],
      ['name.givenName', (person) => person.givenName],
      ['name.familyName', (person) => person.surname],
      ['emails[type eq "work"].value', (person) => person.mail],
      ['phoneNumbers[type eq "mobile"].value', (person) => person.mobile],
      ['locale', (person) => person.preferredLanguage],
      ['title', (person) => person.jobTitle],
      [`${ENTERPRISE_USER}:employeeNumber`, (person) => person.employeeId],
      [`${ENTERPRISE_USER}:department`, (person) => person.department],
    ] satisfies (readonly [string, Source])[]
  ).map(([path, source]) => ({ target: parseTarget(path), source })),
  matching: [parseTarget('userName')],
  groups: true,
  stringBooleans: false,
  manager: false,
};
