import type { Random } from '../random.ts';
import { departments, givenNames, jobTitles, languages, places, surnames } from './names.ts';

/** A user of the customer's directory, in that directory's own terms. */
export interface Person {
  /** Unique and immutable. */
  readonly objectId: string;
  /** Counted from 0. */
  readonly number: number;
  readonly userPrincipalName: string;
  /** Not unique: namesakes share it. */
  readonly mailNickname: string;
  readonly mail: string;
  readonly employeeId: string;
  readonly givenName: string;
  readonly surname: string;
  readonly displayName: string;
  readonly jobTitle?: string;
  readonly department?: string;
  readonly preferredLanguage?: string;
  readonly telephoneNumber?: string;
  readonly mobile?: string;
  readonly fax?: string;
  readonly office?: string;
  readonly streetAddress?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
  /** The objectId of another person. */
  readonly manager?: string;
  readonly password: string;
  readonly accountEnabled: boolean;
  readonly softDeleted: boolean;
}

/** Where a run's own users live: no other run's, and nobody's real, name ends like this. */
export function domainOf(mark: string): string {
  return `${mark}.replay.example`;
}

/** A person with that number. Some details are missing, as they are in real directories. */
export function createPerson(number: number, mark: string, random: Random): Person {
  const maybe = <T>(value: T): T | undefined => (random.chance(0.75) ? value : undefined);
  const name = nameOf(number, random.pick(givenNames), random.pick(surnames), mark, random);
  return {
    objectId: random.uuid(),
    number,
    ...name,
    employeeId: `${Number.parseInt(mark.slice(1, 6), 16)}-${String(number).padStart(6, '0')}`,
    ...defined({
      jobTitle: maybe(random.pick(jobTitles)),
      department: maybe(random.pick(departments)),
      preferredLanguage: maybe(random.pick(languages)),
      telephoneNumber: maybe(phoneNumber(random)),
      mobile: maybe(phoneNumber(random)),
      fax: maybe(phoneNumber(random)),
    }),
    ...(maybe(createAddress(random)) ?? {}),
    password: `Pw-${random.uuid()}`,
    accountEnabled: !random.chance(0.03),
    softDeleted: false,
  };
}

/** The person under another surname, with all that an administrator changes along. */
export function renamed(person: Person, mark: string, random: Random): Person {
  const others = surnames.filter((surname) => surname !== person.surname);
  return { ...person, ...nameOf(person.number, person.givenName, random.pick(others), mark, random) };
}

/** Address and phone of a person who moved. */
export function moved(person: Person, random: Random): Person {
  return { ...person, ...createAddress(random), telephoneNumber: phoneNumber(random) };
}

/** The person with every detail that a mapping can write, and enabled. */
export function completed(person: Person, random: Random): Person {
  return {
    ...moved(person, random),
    jobTitle: `${random.pick(jobTitles)} ${1 + random.below(99)}`,
    department: random.pick(departments),
    preferredLanguage: random.pick(languages),
    mobile: phoneNumber(random),
    fax: phoneNumber(random),
    accountEnabled: true,
    softDeleted: false,
  };
}

type Name = Pick<Person, 'givenName' | 'surname' | 'displayName' | 'userPrincipalName' | 'mailNickname' | 'mail'>;

function nameOf(number: number, givenName: string, surname: string, mark: string, random: Random): Name {
  const nickname = `${toAscii(givenName)}.${toAscii(surname)}`;
  const local = `${nickname}.${number}`;
  const isGuest = random.chance(0.04);
  const isTagged = random.chance(0.1);
  return {
    givenName,
    surname,
    displayName: `${givenName} ${surname}`,
    userPrincipalName: isGuest
      ? `${local}_partner.example#EXT#@${domainOf(mark)}`
      : `${local.toLowerCase()}@${domainOf(mark)}`,
    mailNickname: nickname,
    mail: `${local}${isTagged ? '+scim' : ''}@${domainOf(mark)}`,
  };
}

function createAddress(random: Random): Partial<Person> {
  return {
    office: `${1 + random.below(9)}/${100 + random.below(800)}`,
    streetAddress: `${1 + random.below(200)} Example Street`,
    ...random.pick(places),
  };
}

function phoneNumber(random: Random): string {
  return `+1 (555) 01${String(random.below(100)).padStart(2, '0')}-${String(random.below(10_000)).padStart(4, '0')}`;
}

/** Letters that a user principal name may hold. */
function toAscii(name: string): string {
  const letters = name.normalize('NFD').replace(/[^A-Za-z]/g, '');
  return letters === '' ? `x${name.codePointAt(0)?.toString(16) ?? ''}` : letters;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without the members that are undefined. */
function defined<T extends object>(members: T): Defined<T>;
function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
