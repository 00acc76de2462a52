import { createHash } from 'node:crypto';
import type { Random } from '../random.ts';
import { groupNames } from './names.ts';
import { createPerson, type Person } from './person.ts';

/** A group of the customer's directory. */
export interface UpstreamGroup {
  readonly objectId: string;
  /** Counted from 1. */
  readonly number: number;
  readonly displayName: string;
  /** objectIds of people. */
  readonly members: ReadonlySet<string>;
}

/** What every name of a run carries; depends on the seed alone. */
function markOf(seed: string): string {
  return `r${createHash('sha256').update(seed).digest('hex').slice(0, 10)}`;
}

/** The customer's directory that an identity provider synchronises from: all of it is in scope. */
export class Upstream {
  readonly mark: string;
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, UpstreamGroup>();
  readonly #random: Random;
  #peopleEver = 0;
  #groupsEver = 0;

  constructor(seed: string, random: Random) {
    this.mark = markOf(seed);
    this.#random = random;
  }

  /** Makes the directory as it is before the first synchronisation. */
  populate(users: number, groups: number): void {
    const random = this.#random;
    const everyone: string[] = [];
    for (let i = 0; i < users; i += 1) {
      const person = this.hire();
      // Eight reports each, and some who report to nobody.
      const chief = everyone[Math.floor((i - 1) / 8)];
      if (chief !== undefined && !random.chance(0.05)) this.put({ ...person, manager: chief });
      everyone.push(person.objectId);
    }
    for (let i = 0; i < groups; i += 1) {
      const size = i === 0 ? everyone.length : Math.min(everyone.length, 3 + random.below(60));
      this.found(random.sample(everyone, size));
    }
  }

  /** A new person, enabled or not, without a manager. */
  hire(): Person {
    const person = this.invent();
    this.put(person);
    return person;
  }

  /** A person who is in the directory only once they are put there. */
  invent(): Person {
    const person = createPerson(this.#peopleEver, this.mark, this.#random);
    this.#peopleEver += 1;
    return person;
  }

  put(person: Person): void {
    this.people.set(person.objectId, person);
  }

  /** Removes the person for good: their reports move up, their memberships end. Tells who is affected. */
  purge(person: Person): { readonly reports: readonly string[] } {
    this.people.delete(person.objectId);
    const reports = [...this.people.values()].filter(({ manager }) => manager === person.objectId);
    for (const report of reports) {
      const { manager: _, ...rest } = report;
      this.put(person.manager === undefined ? rest : { ...rest, manager: person.manager });
    }
    for (const group of this.groups.values()) {
      if (group.members.has(person.objectId)) this.#leave(group, person.objectId);
    }
    return { reports: reports.map(({ objectId }) => objectId) };
  }

  /** A new group with those members. */
  found(members: Iterable<string>): UpstreamGroup {
    const displayName = this.newGroupName();
    const group: UpstreamGroup = {
      objectId: this.#random.uuid(),
      number: this.#groupsEver,
      displayName,
      members: new Set(members),
    };
    this.groups.set(group.objectId, group);
    return group;
  }

  /** A name that no group of the run has had. */
  newGroupName(): string {
    this.#groupsEver += 1;
    return `${this.#random.pick(groupNames)} ${this.#groupsEver} ${this.mark}`;
  }

  putGroup(group: UpstreamGroup): void {
    this.groups.set(group.objectId, group);
  }

  #leave(group: UpstreamGroup, objectId: string): void {
    this.putGroup({ ...group, members: new Set([...group.members].filter((member) => member !== objectId)) });
  }
}
