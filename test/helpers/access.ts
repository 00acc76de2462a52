import type { ItemTable } from '../../directory/store/item-table.ts';
import type { SignInAnswer } from '../../lambda/contract/sign-in-messages.ts';
import type { JsonObject, JsonValue } from '../../scim/json.ts';
import { AdminApi } from './admin-api.ts';
import { MemoryVault } from './memory-vault.ts';
import { patchOf, type ScimServer } from './scim-server.ts';

/** Three roles, two groups that give one, and a default. */
export const policy = {
  roles: ['admin', 'editor', 'viewer'],
  defaultRole: 'viewer',
  mappings: [
    { by: 'displayName', value: 'Admins', role: 'admin' },
    { by: 'displayName', value: 'Editors', role: 'editor' },
  ],
} as const satisfies JsonObject;

/** What an identity provider and an operator do to a tenant, and what becomes of it at sign-in. */
export class AccessScene {
  readonly admin: AdminApi;
  readonly #server: ScimServer;
  readonly #tenant: string;

  constructor(server: ScimServer, table: ItemTable, tenant = 'acme') {
    this.admin = new AdminApi(table, new MemoryVault());
    this.#server = server;
    this.#tenant = tenant;
  }

  async setPolicy(document: JsonValue): Promise<void> {
    await this.admin.ok('setPolicy', { path: { tenant: this.#tenant }, body: { policy: document } });
  }

  async addUser(name: string, more: JsonObject = {}): Promise<string> {
    const body = { externalId: name, active: true, ...more };
    return (await this.#server.createUser(this.#tenant, `${name}@example.com`, body)).id;
  }

  async addGroup(name: string, members: readonly string[] = [], more: JsonObject = {}): Promise<string> {
    const body = { members: members.map((value) => ({ value })), ...more };
    return (await this.#server.createGroup(this.#tenant, name, body)).id;
  }

  /** One operation of a PATCH, or more. */
  async patch(resource: string, ...operations: readonly JsonObject[]): Promise<void> {
    await this.send('PATCH', `/${resource}`, patchOf(...operations));
  }

  async join(groupId: string, ...memberIds: readonly string[]): Promise<void> {
    const value = memberIds.map((id) => ({ value: id }));
    await this.patch(`Groups/${groupId}`, { op: 'Add', path: 'members', value });
  }

  async leave(groupId: string, memberId: string): Promise<void> {
    await this.patch(`Groups/${groupId}`, { op: 'Remove', path: 'members', value: [{ value: memberId }] });
  }

  /** A SCIM request, which must succeed. */
  async send(method: string, path: string, body?: JsonValue): Promise<JsonObject> {
    const { status, text, json } = await this.#server.send(this.#tenant, method, path, { body });
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
    return json;
  }

  async signIn(value: string, more: JsonObject = {}): Promise<SignInAnswer> {
    const { withGroupNames, ...subject } = more;
    const body = { subject: { value, ...subject }, ...(withGroupNames === undefined ? {} : { withGroupNames }) };
    return await this.admin.ok('checkSignIn', { path: { tenant: this.#tenant }, body });
  }

  /** The access role of somebody at sign-in; it must be the one that an operator is shown. */
  async roleOf(name: string): Promise<string | null> {
    const answer = await this.signIn(name);
    if (answer.decision === 'deny') throw new Error(`${name} is denied: ${answer.reason}`);
    const shown = await this.admin.ok('showRole', { path: { tenant: this.#tenant, id: answer.user.id } });
    if (shown.accessRole.role !== answer.accessRole.role)
      throw new Error(`an operator is shown ${JSON.stringify(shown)}`);
    return answer.accessRole.role;
  }

  async lock(userId: string, role?: string): Promise<void> {
    const body = role === undefined ? {} : { role };
    await this.admin.ok('lockRole', { path: { tenant: this.#tenant, id: userId }, body });
  }

  async unlock(userId: string): Promise<void> {
    await this.admin.ok('unlockRole', { path: { tenant: this.#tenant, id: userId } });
  }
}
