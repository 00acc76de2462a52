import type { Random } from '../random.ts';
import { departments, jobTitles } from './names.ts';
import { moved, type Person, renamed } from './person.ts';
import type { Upstream, UpstreamGroup } from './upstream.ts';

/** What happened in the customer's directory since the last cycle; an incremental cycle looks at nothing else. */
export interface UpstreamChanges {
  /** objectIds of people who changed or are new. */
  readonly people: ReadonlySet<string>;
  /** objectIds of groups that changed or are new. */
  readonly groups: ReadonlySet<string>;
  /** People deleted for good. */
  readonly purgedPeople: readonly Person[];
  readonly dissolvedGroups: readonly UpstreamGroup[];
}

/** Lets time pass: people join, rename, move, leave and come back; groups change, appear and dissolve. */
export function passTime(upstream: Upstream, random: Random): UpstreamChanges {
  const purged = purgePeople(upstream, random);
  const people = new Set([...purged.affected, ...changePeople(upstream, random)]);
  for (const newcomer of hirePeople(upstream, random)) people.add(newcomer);
  return { people, purgedPeople: purged.people, ...changeGroups(upstream, random) };
}

/** That share of the total, but at least one. */
function share(total: number, fraction: number): number {
  return Math.max(1, Math.round(total * fraction));
}

/** Half of those who were soft-deleted in an earlier cycle are now deleted for good. */
function purgePeople(upstream: Upstream, random: Random): { people: Person[]; affected: string[] } {
  const softDeleted = [...upstream.people.values()].filter((person) => person.softDeleted);
  const people = random.sample(softDeleted, Math.ceil(softDeleted.length / 2));
  const affected = people.flatMap((person) => upstream.purge(person).reports);
  return { people, affected: affected.filter((objectId) => upstream.people.has(objectId)) };
}

function changePeople(upstream: Upstream, random: Random): string[] {
  const everyone = [...upstream.people.values()];
  const total = everyone.length;
  const changed: string[] = [];
  const change = (people: readonly Person[], apply: (person: Person) => Person): void => {
    for (const { objectId } of people) {
      const person = upstream.people.get(objectId);
      if (person === undefined) continue;
      upstream.put(apply(person));
      changed.push(objectId);
    }
  };
  const active = everyone.filter((person) => person.accountEnabled && !person.softDeleted);
  const disabled = everyone.filter((person) => !person.accountEnabled && !person.softDeleted);
  const binned = everyone.filter((person) => person.softDeleted);
  // Back first, so that nobody comes back in the cycle in which they leave.
  change(random.sample(disabled, Math.ceil(disabled.length / 2)), (person) => ({ ...person, accountEnabled: true }));
  change(random.sample(binned, Math.floor(binned.length / 2)), (person) => ({ ...person, softDeleted: false }));
  change(random.sample(active, share(total, 0.02)), (person) => ({ ...person, accountEnabled: false }));
  change(random.sample(active, share(total, 0.02)), (person) => ({ ...person, softDeleted: true }));
  change(random.sample(everyone, share(total, 0.03)), (person) => renamed(person, upstream.mark, random));
  change(random.sample(everyone, share(total, 0.02)), (person) => moved(person, random));
  change(random.sample(everyone, share(total, 0.04)), (person) => ({
    ...person,
    jobTitle: `${random.pick(jobTitles)} ${1 + random.below(9)}`,
    department: random.pick(departments),
  }));
  change(random.sample(everyone, share(total, 0.03)), (person) => withManager(person, random.pick(everyone)));
  const managed = everyone.filter(({ manager }) => manager !== undefined);
  change(random.sample(managed, share(total, 0.01)), ({ manager: _, ...rest }) => rest);
  return changed;
}

function withManager(person: Person, manager: Person): Person {
  return manager.objectId === person.objectId ? person : { ...person, manager: manager.objectId };
}

function hirePeople(upstream: Upstream, random: Random): string[] {
  const everyone = [...upstream.people.values()];
  if (everyone.length === 0) return [];
  return Array.from({ length: share(everyone.length, 0.02) }, () => {
    const person = upstream.hire();
    upstream.put(withManager(person, random.pick(everyone)));
    return person.objectId;
  });
}

function changeGroups(
  upstream: Upstream,
  random: Random,
): { groups: ReadonlySet<string>; dissolvedGroups: UpstreamGroup[] } {
  const all = [...upstream.groups.values()];
  const everyone = [...upstream.people.keys()];
  if (all.length === 0) return { groups: new Set(), dissolvedGroups: [] };
  const dissolvedGroups = all.length < 3 ? [] : random.sample(all.slice(1), 1);
  for (const { objectId } of dissolvedGroups) upstream.groups.delete(objectId);
  const rest = all.filter(({ objectId }) => upstream.groups.has(objectId));
  const changed = new Set<string>();
  const change = (groups: readonly UpstreamGroup[], apply: (group: UpstreamGroup) => UpstreamGroup): void => {
    for (const { objectId } of groups) {
      const group = upstream.groups.get(objectId);
      if (group !== undefined) upstream.putGroup(apply(group));
      changed.add(objectId);
    }
  };
  change(random.sample(rest, share(rest.length, 0.1)), (group) => ({
    ...group,
    displayName: upstream.newGroupName(),
  }));
  change(random.sample(rest, share(rest.length, 0.4)), (group) => {
    const leaving = new Set(random.sample(group.members, 1 + random.below(share(group.members.size, 0.1))));
    const staying = [...group.members].filter((member) => !leaving.has(member));
    return { ...group, members: new Set([...staying, ...random.sample(everyone, 1 + random.below(8))]) };
  });
  changed.add(upstream.found(random.sample(everyone, 1 + random.below(12))).objectId);
  return { groups: changed, dissolvedGroups };
}
