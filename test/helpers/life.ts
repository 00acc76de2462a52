import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { EventType } from '../../directory/feed/event-schemas.ts';
import { sweepLifecycle } from '../../directory/lifecycle/lifecycle-sweep.ts';
import { systemRuntime } from '../../lambda/aws/runtime.ts';
import type { JsonObject, JsonValue } from '../../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts';
import { AdminApi } from './admin-api.ts';
import { createStreamedTable, drain, RecordingPublisher, type StreamedTable } from './feed.ts';
import { MemoryVault } from './memory-vault.ts';
import { patchOf, type ScimResponse, ScimServer } from './scim-server.ts';

export const IDENTITY_PROVIDERS = ['Entra', 'Okta'] as const;
export type Provider = (typeof IDENTITY_PROVIDERS)[number];

const DAY_MILLIS = 86_400_000;

/** A server, its operators and its change feed, in a time that a test sets. */
export class World {
  readonly streamed: StreamedTable;
  readonly server: ScimServer;
  readonly admin: AdminApi;
  #offsetMillis = 0;

  constructor(streamed: StreamedTable) {
    this.streamed = streamed;
    const now = () => this.now();
    this.server = new ScimServer(streamed.table, { ...systemRuntime, now });
    this.admin = new AdminApi(streamed.table, new MemoryVault(), { now });
  }

  static async start(): Promise<World> {
    const world = new World(await createStreamedTable());
    await world.server.start([]);
    return world;
  }

  now(): number {
    return Date.now() + this.#offsetMillis;
  }

  passDays(days: number): void {
    this.#offsetMillis += days * DAY_MILLIS;
  }

  /** The daily sweep. */
  async sweep(): Promise<void> {
    const { newId } = systemRuntime;
    await sweepLifecycle(this.streamed.table, { now: () => new Date(this.now()), newId, remainingMs: () => 60_000 });
  }
}

/** A tenant, a person in it, and an identity provider that speaks of the person in its own way. */
export class Life {
  readonly tenant = `t-${randomUUID().slice(0, 8)}`;
  readonly provider: Provider;
  readonly #world: World;
  readonly person: JsonObject = {
    userName: 'ada@example.com',
    externalId: 'ada-1',
    displayName: 'Ada Lovelace',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ type: 'work', value: 'ada@example.com', primary: true }],
    active: true,
  };
  readonly #publisher = new RecordingPublisher();
  #token = '';

  constructor(world: World, provider: Provider) {
    this.#world = world;
    this.provider = provider;
  }

  async begin(settings: JsonObject = {}): Promise<void> {
    await this.#world.admin.ok('createTenant', { body: { name: this.tenant, settings } });
    await this.#world.admin.ok('createApplication', { path: { tenant: this.tenant }, body: { name: 'default' } });
    const { tokens } = this.#world.server;
    this.#token = tokens.issue(this.tenant);
    // The clock of these tests goes months ahead.
    const { current, previous } = tokens.records.get(`${this.tenant}/default`) ?? {};
    if (current === undefined) throw new Error('the token was not issued');
    const lasting = { ...current, expiresAt: new Date(Date.now() + 10_000 * DAY_MILLIS) };
    tokens.records.set(`${this.tenant}/default`, { current: lasting, previous });
    await drain(this.#world.streamed, this.#publisher);
  }

  async send(method: string, path: string, body?: JsonValue): Promise<ScimResponse> {
    return await this.#world.server.send(this.tenant, method, path, { body, token: this.#token });
  }

  /** The match query, by which the identity provider finds who is there: ids. */
  async find(userName = String(this.person['userName'])): Promise<readonly unknown[]> {
    const paging = this.provider === 'Okta' ? '&startIndex=1&count=100' : '';
    const { json } = await this.send(
      'GET',
      `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}${paging}`,
    );
    return (json['Resources'] as readonly JsonObject[] | undefined)?.map(({ id }) => id) ?? [];
  }

  async post(more: JsonObject = {}): Promise<ScimResponse> {
    const own: JsonObject = this.provider === 'Okta' ? { password: 'not-kept-1A!', groups: [] } : {};
    return await this.send('POST', '/Users', { ...this.person, ...own, ...more });
  }

  /** Entra and Okta ask first. @returns The new user's id. */
  async join(): Promise<string> {
    expect(await this.find()).toEqual([]);
    const { status, json } = await this.post();
    expect(status).toBe(201);
    return String(json['id']);
  }

  /** Entra patches what differs, Okta puts the whole. */
  async update(id: string, changes: JsonObject): Promise<ScimResponse> {
    if (this.provider === 'Okta')
      return await this.send('PUT', `/Users/${id}`, { id, ...this.person, groups: [], ...changes });
    const paths = Object.entries(changes).flatMap(([name, value]) =>
      name === ENTERPRISE_USER_SCHEMA
        ? Object.entries(value as JsonObject).map(
            ([inner, one]) => [`${ENTERPRISE_USER_SCHEMA}:${inner}`, one] as const,
          )
        : [[name, value] as const],
    );
    return await this.send(
      'PATCH',
      `/Users/${id}`,
      patchOf(...paths.map(([path, value]) => ({ op: 'Replace', path, value }))),
    );
  }

  async setActive(id: string, active: boolean): Promise<ScimResponse> {
    const operation =
      this.provider === 'Okta'
        ? { op: 'replace', value: { active } }
        : { op: 'Replace', path: 'active', value: active ? 'True' : 'False' };
    return await this.send('PATCH', `/Users/${id}`, patchOf(operation));
  }

  /** {@link join}, and a member of a new group. */
  async joinGroup(displayName: string): Promise<{ readonly id: string; readonly group: string }> {
    const id = await this.join();
    const group = await this.createGroup(displayName);
    await this.changeMember(group, 'add', id);
    return { id, group };
  }

  async createGroup(displayName: string): Promise<string> {
    return String((await this.send('POST', '/Groups', { displayName })).json['id']);
  }

  async changeMember(group: string, change: 'add' | 'remove', id: string): Promise<void> {
    const operation =
      this.provider === 'Okta' && change === 'remove'
        ? { op: 'remove', path: `members[value eq "${id}"]` }
        : { op: change === 'add' ? 'Add' : 'Remove', path: 'members', value: [{ value: id }] };
    expect((await this.send('PATCH', `/Groups/${group}`, patchOf(operation))).status).toBe(204);
  }

  async groupsOf(id: string): Promise<readonly unknown[]> {
    const { json } = await this.send('GET', `/Users/${id}`);
    return (json['groups'] as readonly JsonObject[] | undefined)?.map(({ value }) => value) ?? [];
  }

  async operate(operation: 'deleteUser' | 'restoreUser' | 'purgeUser', id: string): Promise<JsonObject> {
    const body = operation === 'purgeUser' ? { confirm: id } : {};
    return await this.#world.admin.ok(operation, { path: { tenant: this.tenant, id }, body });
  }

  /** What the application has been told since it was asked the last time, without what is about groups themselves. */
  async seen(): Promise<readonly EventType[]> {
    const before = new Set(this.#publisher.events.map(({ id }) => id));
    await drain(this.#world.streamed, this.#publisher);
    const own = this.#publisher.events.filter(({ id, tenant }) => !before.has(id) && tenant === this.tenant);
    return own.map(({ type }) => type).filter((type) => /^(user|membership)\./.test(type));
  }
}
