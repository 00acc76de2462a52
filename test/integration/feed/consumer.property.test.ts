import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import { exportTenant } from '../../../directory/operator/export-tenant.ts';
import type { ItemChange } from '../../../directory/store/item-change.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { DirectoryCopy, type DirectoryEvent } from '../../../examples/event-consumer.ts';
import { toEvent } from '../../../examples/event-snapshot.ts';
import type { JsonValue } from '../../../scim/json.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  patch,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { createStreamedTable, RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { createSeededRandom } from '../../helpers/seeded-random.ts';
import { allIn, tableKind } from '../../helpers/tables.ts';

const RUNS = tableKind === 'dynamodb' ? 3 : 40;

/** One thing that happens; `n` and `m` choose among what is there. */
interface Step {
  readonly kind:
    | 'createUser'
    | 'createGroup'
    | 'change'
    | 'toggle'
    | 'rename'
    | 'join'
    | 'leave'
    | 'deleteUser'
    | 'deleteGroup'
    | 'restore'
    | 'relink';
  readonly n: number;
  readonly m: number;
}

const KINDS: readonly Step['kind'][] = [
  ...(['createUser', 'createUser', 'createGroup', 'change', 'change', 'toggle', 'rename'] as const),
  ...(['join', 'join', 'join', 'leave', 'deleteUser', 'deleteUser', 'deleteGroup', 'restore', 'relink'] as const),
];
const step: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom(...KINDS), n: fc.nat(5), m: fc.nat(5) });

/** A tenant in which things happen. */
class Scene {
  readonly users: string[] = [];
  readonly deleted: string[] = [];
  readonly groups: string[] = [];
  /** By id: what an identity provider knows a user by. */
  readonly #names = new Map<string, { readonly userName: string; readonly externalId: string }>();
  readonly #context: DirectoryContext;
  readonly #table: ScannableTable;

  constructor(context: DirectoryContext, table: ScannableTable) {
    this.#context = context;
    this.#table = table;
  }

  async take({ kind, n, m }: Step): Promise<void> {
    const context = requestOf(this.#context, this.#table);
    const [user, group] = [pick(this.users, n), pick(this.groups, m)];
    if (kind === 'createUser') {
      const name = { givenName: `given ${n}`, familyName: 'Family' };
      const names = { userName: randomUUID(), externalId: randomUUID() };
      const more = { externalId: names.externalId, name, emails: [{ value: `${n}@example.com`, type: 'work' }] };
      const id = await addUser(context, names.userName, more);
      this.#names.set(id, names);
      this.users.push(id);
    }
    if (kind === 'createGroup') {
      this.groups.push(await addGroup(context, randomUUID(), user === undefined ? [] : [user]));
    }
    if (kind === 'restore' || kind === 'relink') await this.#bringBack(context, kind, n);
    if (user !== undefined) await this.#takeUser(context, kind, user, m);
    if (group !== undefined) await this.#takeGroup(context, kind, group, user);
  }

  async #takeUser(context: DirectoryContext, kind: Step['kind'], user: string, m: number): Promise<void> {
    const change = (path: string, value: JsonValue) => patch(context, 'User', user, [{ op: 'replace', path, value }]);
    if (kind === 'change') {
      await [
        () => change('title', `title ${m}`),
        () => change('name.givenName', randomUUID()),
        () => patch(context, 'User', user, [{ op: 'remove', path: 'name' }]),
        () => change('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', `department ${m}`),
        () => change('emails', [{ value: `${randomUUID()}@example.com`, type: 'work' }]),
        () => patch(context, 'User', user, [{ op: 'remove', path: 'title' }]),
      ][m]?.();
    }
    if (kind === 'toggle') await change('active', m % 2 === 0);
    if (kind === 'deleteUser') {
      await deleteResource(context, 'User', user, { ifMatch: undefined });
      this.deleted.push(...this.users.splice(this.users.indexOf(user), 1));
    }
  }

  async #takeGroup(context: DirectoryContext, kind: Step['kind'], group: string, user?: string): Promise<void> {
    if (kind === 'join' && user !== undefined) await patch(context, 'Group', group, [addMembers([user])]);
    if (kind === 'leave' && user !== undefined) await patch(context, 'Group', group, [removeMembers([user])]);
    if (kind === 'rename') {
      await patch(context, 'Group', group, [{ op: 'replace', path: 'displayName', value: randomUUID() }]);
    }
    if (kind === 'deleteGroup') {
      await deleteResource(context, 'Group', group, { ifMatch: undefined });
      this.groups.splice(this.groups.indexOf(group), 1);
    }
  }

  /** Whoever is relinked has what the POST says and no more. */
  async #bringBack(context: DirectoryContext, kind: 'restore' | 'relink', n: number): Promise<void> {
    const user = pick(this.deleted, n);
    const names = this.#names.get(user ?? '');
    if (user === undefined || names === undefined) return;
    if (kind === 'restore') await restoreUser(context, user);
    else expect(await addUser(context, names.userName, { externalId: names.externalId })).toBe(user);
    this.users.push(...this.deleted.splice(this.deleted.indexOf(user), 1));
  }

  /** What the directory has, by id: attributes of users, members of groups. */
  async read(): Promise<Readonly<Record<string, object>>> {
    const state: Record<string, object> = {};
    const items = await allIn(this.#table);
    for (const { pk, sk, attributes } of items) {
      if (pk === 'T#acme#User') state[sk] = attributesByPath(attributes ?? null);
      if (pk === 'T#acme#Group') {
        state[sk] = items.filter((item) => item.pk === `T#acme#MEMBERS#${sk}`).map((item) => item.sk);
      }
    }
    return state;
  }
}

function attributesByPath(attributes: JsonValue): object {
  const event = toEvent({ kind: 'user', sequence: 1, resource: Object(attributes) });
  return Object.fromEntries((event?.data.changes ?? []).map(({ path, after }) => [path, after]));
}

/** What a copy has, in the same form. */
function readCopy(copy: DirectoryCopy, { users, deleted, groups }: Scene): Readonly<Record<string, object>> {
  const state: Record<string, object> = {};
  for (const id of [...users, ...deleted]) {
    const attributes = copy.read(id, 'attribute');
    if (attributes !== undefined) state[id] = Object.fromEntries(attributes);
  }
  for (const id of groups) {
    const members = copy.read(id, 'member');
    if (members !== undefined) state[id] = [...members.keys()].toSorted();
  }
  return state;
}

function pick<T>(values: readonly T[], n: number): T | undefined {
  return values[n % Math.max(1, values.length)];
}

/** Each once at least, about a third twice, in an order that has nothing to do with theirs. */
function delivered<T>(values: readonly T[], seed: number): readonly T[] {
  const random = createSeededRandom(seed);
  return [...values, ...values.filter(() => random() < 0.3)]
    .map((value) => ({ value, rank: random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ value }) => value);
}

/** As published, but that two values in five are not let out. */
function withholding(events: readonly DirectoryEvent[], seed: number): readonly DirectoryEvent[] {
  const random = createSeededRandom(seed);
  return events.map((event) => {
    const { changes } = event.data;
    if (changes === undefined) return event;
    const told = changes.map((change) => (random() < 0.4 ? ({ path: change.path, withheld: true } as const) : change));
    return { ...event, data: { ...event.data, changes: told } };
  });
}

/** The state without what no consumer can know: of an attribute counts what was told of it last. */
function withoutWithheld(
  state: Readonly<Record<string, object>>,
  events: readonly DirectoryEvent[],
): Readonly<Record<string, object>> {
  const last = new Map<string, { readonly sequence: number; readonly withheld: boolean }>();
  for (const { resource, sequence = 0, data } of events) {
    for (const { path, withheld = false } of data.changes ?? []) {
      const name = `${resource?.id} ${path}`;
      if (sequence > (last.get(name)?.sequence ?? -1)) last.set(name, { sequence, withheld });
    }
  }
  const isKnown = (id: string, path: string) => last.get(`${id} ${path}`)?.withheld !== true;
  return Object.fromEntries(
    Object.entries(state).map(([id, one]) => [
      id,
      Array.isArray(one) ? one : Object.fromEntries(Object.entries(one).filter(([path]) => isKnown(id, path))),
    ]),
  );
}

async function createScene(): Promise<{ readonly scene: Scene; readonly context: DirectoryContext } & StreamedTable> {
  const streamed = await createStreamedTable();
  await createContext(streamed.table);
  await streamed.table.writeOne({
    kind: 'update',
    key: { pk: 'T#acme', sk: 'SETTINGS' },
    set: { settings: { eventAttributes: ['*'], returningUsers: 'relink' } },
  });
  const context = await createContext(streamed.table, { deadlineSeconds: 300 });
  return { scene: new Scene(context, streamed.table), context, ...streamed };
}

async function takeChanges({ stream }: StreamedTable): Promise<readonly ItemChange[]> {
  const changes: ItemChange[] = [];
  for (let read = await stream.read(1_000); read.length > 0; read = await stream.read(1_000)) {
    changes.push(...read);
    await stream.acknowledge(read);
  }
  return changes;
}

describe('the consumer of docs/events.md', () => {
  it('ends with what the directory has and lets out, however events are shuffled, repeated and delayed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), fc.integer(), async (steps, seed) => {
        const { scene, ...streamed } = await createScene();
        for (const each of steps) await scene.take(each);
        const publisher = new RecordingPublisher();
        const feed = createFeed({ table: streamed.table, publisher, now: () => new Date() });
        await feed.consume(delivered(await takeChanges(streamed), seed));
        const copy = new DirectoryCopy();
        const events = withholding(publisher.events, seed);
        for (const event of delivered(events, seed + 1)) copy.take(event);
        expect(readCopy(copy, scene)).toEqual(withoutWithheld(await scene.read(), events));
        expect([...scene.users, ...scene.groups].flatMap((id) => copy.missing(id))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('may start late, with a snapshot that is read while the directory goes on changing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 15 }),
        fc.array(step, { minLength: 5, maxLength: 15 }),
        fc.integer(),
        async (before, steps, seed) => {
          const during = [...steps];
          const { scene, context, ...streamed } = await createScene();
          for (const each of before) await scene.take(each);
          // Nobody listened to these.
          await takeChanges(streamed);
          const said: DirectoryEvent[] = [];
          let after: string | undefined;
          do {
            const page = await exportTenant(requestOf(context, streamed.table), after);
            for (const line of page.lines) said.push(...[toEvent(line) ?? []].flat());
            for (const each of during.splice(0, 3)) await scene.take(each);
            after = page.next;
          } while (after !== undefined);
          for (const each of during) await scene.take(each);
          const publisher = new RecordingPublisher();
          const feed = createFeed({ table: streamed.table, publisher, now: () => new Date() });
          await feed.consume(delivered(await takeChanges(streamed), seed));
          const copy = new DirectoryCopy();
          for (const event of delivered([...said, ...publisher.published], seed)) copy.take(event);
          expect(readCopy(copy, scene)).toEqual(await scene.read());
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('sees which events are missing, until they come', () => {
    const copy = new DirectoryCopy();
    const event = (type: string, sequence: number): DirectoryEvent => ({
      type,
      sequence,
      resource: { type: 'User', id: '1' },
      data: {},
    });
    copy.take(event('user.updated', 5));
    copy.take(event('user.created', 1));
    copy.take(event('user.updated', 3));
    expect(copy.missing('1')).toEqual([2, 4]);
    copy.take(event('user.updated', 4));
    copy.take(event('user.deactivated', 2));
    expect(copy.missing('1')).toEqual([]);
  });
});
