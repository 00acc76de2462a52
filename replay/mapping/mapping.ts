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

type Attribute = readonly [path: string, source: Source];

/** What every set-up keeps of the attributes that Entra proposes. */
const basics: readonly Attribute[] = [
  ['active', isActive],
  ['displayName', (person) => person.displayName],
  ['name.givenName', (person) => person.givenName],
  ['name.familyName', (person) => person.surname],
  ['emails[type eq "work"].value', (person) => person.mail],
];

const employeeNumber: Attribute = [`${ENTERPRISE_USER}:employeeNumber`, (person) => person.employeeId];
const department: Attribute = [`${ENTERPRISE_USER}:department`, (person) => person.department];

/** The rest of them. */
const details: readonly Attribute[] = [
  ['title', (person) => person.jobTitle],
  ['preferredLanguage', (person) => person.preferredLanguage],
  ['name.formatted', (person) => `${person.givenName} ${person.surname}`],
  ['addresses[type eq "work"].formatted', (person) => person.office],
  ['addresses[type eq "work"].streetAddress', (person) => person.streetAddress],
  ['addresses[type eq "work"].locality', (person) => person.city],
  ['addresses[type eq "work"].region', (person) => person.state],
  ['addresses[type eq "work"].postalCode', (person) => person.postalCode],
  ['addresses[type eq "work"].country', (person) => person.country],
  ['phoneNumbers[type eq "work"].value', (person) => person.telephoneNumber],
  ['phoneNumbers[type eq "mobile"].value', (person) => person.mobile],
  ['phoneNumbers[type eq "fax"].value', (person) => person.fax],
  employeeNumber,
  department,
];

interface EntraMapping extends Pick<Mapping, 'groups' | 'stringBooleans' | 'manager'> {
  readonly userName: Source;
  readonly externalId: Source;
  readonly others: readonly Attribute[];
  readonly matching: readonly string[];
}

function createMapping(name: MappingName, { userName, externalId, others, matching, ...flags }: EntraMapping): Mapping {
  const attributes: readonly Attribute[] = [['userName', userName], ['externalId', externalId], ...others];
  return {
    name,
    attributes: attributes.map(([path, source]) => ({ target: parseTarget(path), source })),
    matching: matching.map(parseTarget),
    ...flags,
  };
}

/** Entra strips the marker of a guest where userPrincipalName is mapped, and not where originalUserPrincipalName is. */
const strippedName: Source = ({ userPrincipalName }) => userPrincipalName.replace('#EXT#', '');
const originalName: Source = ({ userPrincipalName }) => userPrincipalName;
const mailNickname: Source = (person) => person.mailNickname;
const objectId: Source = (person) => person.objectId;

/** Each is a page of docs/setup/, which lists the same attributes. */
const mappings: Readonly<Record<MappingName, Mapping>> = {
  default: createMapping('default', {
    userName: strippedName,
    externalId: mailNickname,
    others: [...basics, ...details],
    matching: ['userName'],
    groups: true,
    stringBooleans: false,
    manager: true,
  }),
  'mail-objectid': createMapping('mail-objectid', {
    userName: (person) => person.mail,
    externalId: objectId,
    others: basics,
    matching: ['userName', 'externalId'],
    groups: false,
    stringBooleans: true,
    manager: false,
  }),
  email: createMapping('email', {
    userName: originalName,
    externalId: objectId,
    others: basics,
    matching: ['emails[type eq "work"].value', 'userName'],
    groups: true,
    stringBooleans: false,
    manager: true,
  }),
  'employee-number': createMapping('employee-number', {
    userName: originalName,
    externalId: objectId,
    others: [...basics, employeeNumber, department],
    matching: [employeeNumber[0]],
    groups: true,
    stringBooleans: false,
    manager: true,
  }),
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
