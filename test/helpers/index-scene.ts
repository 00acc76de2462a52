import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectoryContext } from '../../directory/context.ts';
import { createResource } from '../../directory/create-resource.ts';
import { listResources } from '../../directory/list-resources.ts';
import { patchResource } from '../../directory/patch-resource.ts';
import type { ItemTable, ScannableTable } from '../../directory/store/item-table.ts';
import { indexPartition } from '../../directory/store/keys.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { parseFilter } from '../../scim/filter/parser.ts';
import { isJsonObject, type JsonObject } from '../../scim/json.ts';
import { parsePatchBody } from '../../scim/patch/parse.ts';
import { parseSelection } from '../../scim/projection.ts';
import { type AdminAnswer, AdminApi } from './admin-api.ts';
import { ACME_USER, readDocumentedSchema } from './custom-schema.ts';
import { createContext, idOf, requestOf } from './directory.ts';
import { MemoryVault } from './memory-vault.ts';
import { patchOf } from './scim-server.ts';

/** The attribute that the tests have indexed. */
export const COST_CODE = `${ACME_USER}:costCode`;

const path = { tenant: 'acme' };
const body = { resourceType: 'User', attribute: COST_CODE };

/** A tenant with a schema of its own, whose operator has an attribute indexed and the index removed. */
export class IndexScene {
  readonly plain: ScannableTable;
  readonly #base: DirectoryContext;
  readonly #admin: AdminApi;

  private constructor(plain: ScannableTable, base: DirectoryContext, admin: AdminApi) {
    this.plain = plain;
    this.#base = base;
    this.#admin = admin;
  }

  /** @param table - How the operator's calls see the table. */
  static async create(plain: ScannableTable, table: ItemTable = plain): Promise<IndexScene> {
    const base = await createContext(plain);
    const admin = IndexScene.adminOver(table);
    await admin.ok('addSchema', { path, body: { document: readDocumentedSchema() } });
    return new IndexScene(plain, base, admin);
  }

  static adminOver(table: ItemTable): AdminApi {
    const runtime = { sleep: async (milliseconds: number) => await sleep(milliseconds / 20) };
    return new AdminApi(table, new MemoryVault(), runtime);
  }

  /** The operator's API, whose clock the test sets. */
  get admin(): AdminApi {
    return this.#admin;
  }

  /** A process that knows of the tenant what it is now, and goes on knowing that. */
  async process(table: ItemTable = this.plain): Promise<IndexProcess> {
    const tenant = await new TenantCache({ now: Date.now }).find(this.plain, 'acme');
    if (tenant === undefined) throw new Error('there is no tenant');
    return new IndexProcess({ ...this.#base, tenant }, table);
  }

  async build(admin = this.#admin): Promise<AdminAnswer> {
    return await admin.call('buildIndex', { path, body });
  }

  async drop(admin = this.#admin): Promise<AdminAnswer> {
    return await admin.call('dropIndex', { path, body });
  }

  /** Calls until it is done, and lets the time pass that it is told to wait. @returns the phases that were answered */
  async toTheEnd(step: () => Promise<AdminAnswer>): Promise<readonly unknown[]> {
    const phases: unknown[] = [];
    for (let calls = 0; calls < 100; calls++) {
      const { status, body: answer } = await step();
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(answer)}`);
      phases.push(answer.index?.phase);
      if (answer.done) return phases;
      this.#admin.time += answer.retryAfterSeconds * 1_000;
    }
    throw new Error('the job came to no end');
  }

  /** Entries of users, and of deleted users. */
  async entries(): Promise<readonly [number, number]> {
    const count = async (type: 'User' | 'TombstoneUser') =>
      (await this.plain.query({ pk: indexPartition('acme', type, COST_CODE) })).items.length;
    return [await count('User'), await count('TombstoneUser')];
  }
}

/** What requests of one process do, by what it knows of the tenant. */
export class IndexProcess {
  readonly #context: DirectoryContext;
  readonly #table: ItemTable;

  constructor(context: DirectoryContext, table: ItemTable) {
    this.#context = context;
    this.#table = table;
  }

  /** A request's own context, with its own retries. */
  request(table: ItemTable = this.#table): DirectoryContext {
    return requestOf(this.#context, table, 60);
  }

  async create(userName: string, costCode?: string, more: JsonObject = {}): Promise<string> {
    const data = { ...more, ...(costCode === undefined ? {} : { [ACME_USER]: { costCode } }) };
    const request = this.request();
    const selection = parseSelection(request.tenant.schemas.User, {});
    const parsed = { attributes: { userName, ...data }, members: undefined };
    return idOf((await createResource(request, 'User', parsed, selection)).representation);
  }

  async setCode(id: string, costCode: string | null): Promise<void> {
    await this.patch(id, { op: 'replace', path: COST_CODE, value: costCode });
  }

  async patch(id: string, operation: JsonObject): Promise<void> {
    const request = this.request();
    const parsed = parsePatchBody(request.tenant.schemas.User, patchOf(operation));
    await patchResource(request, 'User', id, parsed, { ifMatch: undefined, selection: undefined });
  }

  /** The names of the users that a filter finds, and what finding them took. */
  async find(costCode: string): Promise<{ readonly names: readonly string[]; readonly calls: number }> {
    let calls = 0;
    const metered = this.#table.withMeter({
      count: () => {
        calls += 1;
      },
    });
    const request = this.request(metered);
    const selection = parseSelection(request.tenant.schemas.User, { attributes: 'userName' });
    const filter = parseFilter(`${COST_CODE} eq "${costCode}"`);
    const { resources } = await listResources(request, 'User', { filter, startIndex: 1, count: 1_000, selection });
    return { names: resources.map(({ representation }) => String(representation['userName'])).sort(), calls };
  }
}

/** The names of the users that have a code, by looking at every one. */
export async function namesWithCode(table: ScannableTable, costCode: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { pk, attributes } of table.scan()) {
    if (pk !== 'T#acme#User') continue;
    const { userName, [ACME_USER]: data } = attributes as JsonObject;
    if (isJsonObject(data) && data['costCode'] === costCode) names.push(String(userName));
  }
  return names.sort();
}
