import { describe, expect, it } from 'vitest';
import { Random } from '../../../../replay/random.ts';
import { passTime } from '../../../../replay/upstream/changes.ts';
import { Upstream } from '../../../../replay/upstream/upstream.ts';

function populated(seed: string, users = 200, groups = 10): Upstream {
  const upstream = new Upstream(seed, new Random(seed));
  upstream.populate(users, groups);
  return upstream;
}

describe('Upstream', () => {
  it('is the same for the same seed and shares no name with another', () => {
    const names = (seed: string) => [...populated(seed).people.values()].map((person) => person.userPrincipalName);
    expect(names('a')).toEqual(names('a'));
    expect(new Set([...names('a'), ...names('b')]).size).toBe(400);
  });

  it('has unique names and numbers, but namesakes in mailNickname', () => {
    const people = [...populated('a').people.values()];
    for (const key of ['objectId', 'userPrincipalName', 'mail', 'employeeId'] as const) {
      expect(new Set(people.map((person) => person[key].toLowerCase())).size).toBe(people.length);
    }
    expect(new Set(people.map(({ mailNickname }) => mailNickname)).size).toBeLessThan(people.length);
  });

  it('marks every user principal name, mail and group name', () => {
    const upstream = populated('a');
    for (const { userPrincipalName, mail } of upstream.people.values()) {
      expect(userPrincipalName).toContain(`@${upstream.mark}.`);
      expect(mail).toContain(`@${upstream.mark}.`);
    }
    for (const { displayName } of upstream.groups.values()) expect(displayName).toContain(upstream.mark);
  });

  it('moves reports up and ends memberships when a person is purged', () => {
    const upstream = populated('a');
    const chief = [...upstream.people.values()].find(
      ({ objectId, manager }) =>
        manager !== undefined && [...upstream.people.values()].some((person) => person.manager === objectId),
    );
    if (chief === undefined) throw new Error('nobody has both a manager and reports');
    const { reports } = upstream.purge(chief);
    expect(reports.map((objectId) => upstream.people.get(objectId)?.manager)).toEqual(reports.map(() => chief.manager));
    expect([...upstream.groups.values()].some(({ members }) => members.has(chief.objectId))).toBe(false);
  });
});

describe('passTime', () => {
  it('does all that a cycle must carry over two cycles', () => {
    const upstream = populated('a');
    const before = new Map(upstream.people);
    const first = passTime(upstream, new Random('1'));
    const second = passTime(upstream, new Random('2'));
    const changed = [...first.people, ...second.people];
    const now = (objectId: string) => upstream.people.get(objectId);
    expect(changed.some((id) => before.get(id)?.surname !== now(id)?.surname)).toBe(true);
    expect(changed.some((id) => before.get(id)?.manager !== now(id)?.manager)).toBe(true);
    expect(changed.some((id) => before.get(id)?.accountEnabled === true && now(id)?.accountEnabled === false)).toBe(
      true,
    );
    expect(changed.some((id) => before.get(id)?.accountEnabled === false && now(id)?.accountEnabled === true)).toBe(
      true,
    );
    expect(changed.some((id) => !before.has(id))).toBe(true);
    expect(first.purgedPeople).toEqual([]);
    expect(second.purgedPeople.length).toBeGreaterThan(0);
    expect(second.purgedPeople.every(({ softDeleted }) => softDeleted)).toBe(true);
    expect(first.dissolvedGroups).toHaveLength(1);
  });

  it.each([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 2],
  ])('copes with %i people and %i groups', (users, groups) => {
    const upstream = populated('a', users, groups);
    for (let cycle = 0; cycle < 5; cycle += 1) passTime(upstream, new Random(String(cycle)));
    const known = [...upstream.groups.values()].flatMap(({ members }) => [...members]);
    expect(known.every((objectId) => upstream.people.has(objectId))).toBe(true);
  });
});
