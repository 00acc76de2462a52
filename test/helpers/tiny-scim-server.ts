import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyPatch, type Draft, equals, isRecord, listOf, toManager } from './tiny-scim-patch.ts';
import { tinySchemas } from './tiny-scim-schemas.ts';

/** What a tiny server does wrong on purpose. */
export type Bug =
  | 'answers 404 to queries'
  | 'answers JSON as application/json'
  | 'answers with the password'
  | 'bumps the version for nothing'
  | 'gives status as a number'
  | 'ignores department'
  | 'keeps members of deleted users'
  | 'lists a user twice'
  | 'loses a member'
  | 'loses the answer to a POST'
  | 'omits Location'
  | 'refuses for a moment'
  | 'returns excluded members';

/** A SCIM directory in memory: good enough to play against, and to be caught with a bug. */
export class TinyScimServer implements AsyncDisposable {
  readonly resources = new Map<string, Draft>();
  readonly requests: { readonly method: string; readonly url: string; readonly authorization: string }[] = [];
  token = 'secret';
  readonly #bugs: ReadonlySet<Bug>;
  readonly #server: Server;
  #misbehaved = 0;

  private constructor(bugs: readonly Bug[]) {
    this.#bugs = new Set(bugs);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(...bugs: Bug[]): Promise<TinyScimServer> {
    const server = new TinyScimServer(bugs);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/scim/v2`;
  }

  /** All resources of one type. */
  all(type: 'User' | 'Group'): Draft[] {
    return [...this.resources.values()].filter((resource) => metaOf(resource)['resourceType'] === type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get #port(): number {
    const address = this.#server.address();
    return isAddress(address) ? address.port : 0;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const authorization = request.headers.authorization ?? '';
    this.requests.push({ method, url, authorization });
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const { pathname, searchParams } = new URL(url, this.url);
    const exchange = { method, pathname, query: searchParams, body: isRecord(body) ? body : {} };
    const reply = authorization === `Bearer ${this.token}` ? this.#answer(exchange) : this.#refuse(401);
    if (reply.status === 201 && this.#misbehavesOnce('loses the answer to a POST')) {
      response.destroy();
      return;
    }
    const type = this.#bugs.has('answers JSON as application/json') ? 'application/json' : 'application/scim+json';
    response.writeHead(reply.status, {
      ...(reply.body === undefined ? {} : { 'content-type': type }),
      ...reply.headers,
    });
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
  }

  #answer(exchange: Exchange): Reply {
    if (this.#misbehavesOnce('refuses for a moment')) return this.#refuse(500);
    const [endpoint = '', id] = exchange.pathname.replace('/scim/v2/', '').split('/').map(decodeURIComponent);
    if (endpoint === 'ServiceProviderConfig') return { status: 200, body: { schemas: [] } };
    if (endpoint === 'Schemas') return { status: 200, body: toList(tinySchemas, 1) };
    if (endpoint === 'ResourceTypes') return { status: 200, body: toList([], 1) };
    const type = endpoint === 'Users' ? 'User' : 'Group';
    if (id !== undefined) return this.#one(exchange, id);
    return exchange.method === 'GET' ? this.#list(exchange, type) : this.#create(exchange, endpoint, type);
  }

  #one({ method, body, query }: Exchange, id: string): Reply {
    const resource = this.resources.get(id);
    if (resource === undefined) return this.#refuse(404);
    if (method === 'DELETE') {
      this.#remove(id);
      return { status: 204 };
    }
    if (method === 'GET') return { status: 200, body: this.#show(resource, query) };
    const { meta, ...before } = structuredClone(resource);
    const written = method === 'PATCH' ? resource : { ...this.#clean(body), id, meta };
    if (method === 'PATCH') applyPatch(written, this.#withoutLostMember(this.#withoutDepartment(body)));
    const { meta: _, ...after } = written;
    if (JSON.stringify(after) !== JSON.stringify(before) || this.#bugs.has('bumps the version for nothing')) {
      written['meta'] = { ...metaOf(resource), version: `W/"${randomUUID()}"` };
    }
    this.resources.set(id, written);
    const isGroupPatch = method === 'PATCH' && metaOf(written)['resourceType'] === 'Group';
    return isGroupPatch ? { status: 204 } : { status: 200, body: this.#show(written, query) };
  }

  #list({ query }: Exchange, type: 'User' | 'Group'): Reply {
    const filter = query.get('filter');
    if (filter !== null && this.#bugs.has('answers 404 to queries')) return this.#refuse(404);
    const comparisons = (filter ?? '').split(' and ').map((part) => /^(.+) eq (".*")$/.exec(part));
    const found = this.all(type).filter((resource) =>
      comparisons.every(
        (match) => match === null || equals(resource, match[1] ?? '', String(JSON.parse(match[2] ?? ''))),
      ),
    );
    const startIndex = Number(query.get('startIndex') ?? 1);
    const from = this.#bugs.has('lists a user twice') && startIndex > 1 ? startIndex - 2 : startIndex - 1;
    const page = found.slice(from, from + Number(query.get('count') ?? 100));
    const shown = page.map((resource) => this.#show(resource, query));
    return { status: 200, body: { ...toList(shown, startIndex), totalResults: found.length } };
  }

  #create({ body, query }: Exchange, endpoint: string, type: 'User' | 'Group'): Reply {
    const key = type === 'User' ? 'userName' : 'displayName';
    if (this.all(type).some((other) => equals(other, key, String(body[key])))) return this.#refuse(409, 'uniqueness');
    const id = randomUUID();
    const location = `${this.url}/${endpoint}/${id}`;
    const time = new Date().toISOString();
    const meta = { resourceType: type, location, created: time, lastModified: time, version: `W/"${randomUUID()}"` };
    const resource = { ...this.#clean(body), id, meta };
    this.resources.set(id, resource);
    const headers: Record<string, string> = this.#bugs.has('omits Location') ? {} : { location };
    return { status: 201, body: this.#show(resource, query), headers };
  }

  /** What is stored of a body: no nulls, booleans as such, a manager as an object. */
  #clean(body: Draft): Draft {
    const entries = Object.entries(body).filter(([, value]) => value !== null);
    const resource: Draft = Object.fromEntries(entries.filter(([name]) => name !== 'groups' && name !== 'roles'));
    if (!this.#bugs.has('answers with the password')) delete resource['password'];
    if ('active' in resource) resource['active'] = String(resource['active']).toLowerCase() === 'true';
    for (const value of Object.values(resource)) {
      if (isRecord(value) && 'manager' in value) value['manager'] = toManager(value['manager']);
    }
    return resource;
  }

  #show(resource: Draft, query: URLSearchParams): Draft {
    const isExcluded = query.get('excludedAttributes') === 'members' && !this.#bugs.has('returns excluded members');
    const { members, ...rest } = resource;
    return members === undefined || isExcluded ? rest : { ...rest, members };
  }

  #remove(id: string): void {
    this.resources.delete(id);
    if (this.#bugs.has('keeps members of deleted users')) return;
    for (const group of this.all('Group')) {
      group['members'] = listOf(group['members']).filter((member) => isRecord(member) && member['value'] !== id);
    }
  }

  /** Of several members in one operation the last is lost. */
  #withoutLostMember(body: Draft): Draft {
    if (!this.#bugs.has('loses a member')) return body;
    const operations = listOf(body['Operations']).filter(isRecord);
    const lossy = operations.map(({ value, ...rest }) =>
      Array.isArray(value) && value.length > 1 ? { ...rest, value: value.slice(0, -1) } : { ...rest, value },
    );
    return { ...body, Operations: lossy };
  }

  #withoutDepartment(body: Draft): Draft {
    if (!this.#bugs.has('ignores department')) return body;
    const kept = listOf(body['Operations']).filter((operation) => !JSON.stringify(operation).includes('department'));
    return { ...body, Operations: kept };
  }

  #refuse(status: number, scimType?: string): Reply {
    const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : { 'retry-after': '0' };
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: this.#bugs.has('gives status as a number') ? status : String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: `refused with ${status}`,
    };
    return { status, body, headers };
  }

  #misbehavesOnce(bug: Bug): boolean {
    if (!this.#bugs.has(bug) || this.#misbehaved > 0) return false;
    this.#misbehaved += 1;
    return true;
  }
}

interface Exchange {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly body: Draft;
}

interface Reply {
  readonly status: number;
  readonly body?: Draft;
  readonly headers?: Readonly<Record<string, string>>;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function metaOf(resource: Draft): Draft {
  return isRecord(resource['meta']) ? resource['meta'] : {};
}

function toList(resources: readonly Draft[], startIndex: number): Draft {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    itemsPerPage: resources.length,
    startIndex,
    Resources: resources,
  };
}
