import type * as z from 'zod';
import { explain, GroupSchema, ListResponseSchema, PartialResourceSchema, UserSchema } from '../answer/messages.ts';
import { isJsonArray, isJsonObject, type JsonObject, memberOf } from '../json.ts';
import type { Recorder } from '../report/recorder.ts';
import { UnusableAnswerError } from './faults.ts';
import type { Query } from './query.ts';
import { type Resource, textOf, toResource } from './resource.ts';
import type { ScimAnswer, ScimClient, ScimRequest } from './scim-client.ts';

export type Endpoint = 'Users' | 'Groups';

/** One page of a query. */
export interface ListPage {
  readonly totalResults: number;
  readonly startIndex: number;
  readonly resources: readonly Resource[];
}

const schemaOf: Readonly<Record<Endpoint, z.ZodType>> = { Users: UserSchema, Groups: GroupSchema };

/** The directory behind a Tenant URL. Each method checks its answer's form and records what is wrong with it. */
export class ScimDirectory {
  readonly #client: ScimClient;
  readonly #recorder: Recorder;

  constructor(client: ScimClient, recorder: Recorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  get baseUrl(): string {
    return this.#client.baseUrl;
  }

  /** An exchange whose body is looked at by the caller. */
  send(request: ScimRequest): Promise<ScimAnswer> {
    return this.#client.send(request);
  }

  /** A page of resources, RFC 7644 §3.4.2. */
  async query(endpoint: Endpoint, query: Query): Promise<ListPage> {
    const answer = await this.#client.send({ method: 'GET', endpoint, query, expect: [200] });
    this.#require(ListResponseSchema, answer);
    const listed = memberOf(answer.body, 'Resources') ?? [];
    const startIndex = numberOf(answer.body, 'startIndex');
    if (query['startIndex'] !== undefined && startIndex !== query['startIndex']) {
      this.#fault('list', answer, `asked for startIndex ${query['startIndex']}, got ${startIndex}`);
    }
    const count = query['count'];
    if (typeof count === 'number' && isJsonArray(listed) && listed.length > count) {
      this.#fault('list', answer, `asked for ${count} resources at most, got ${listed.length}`);
    }
    const isPartial = query['attributes'] !== undefined;
    const resources = isJsonArray(listed) ? listed.filter(isJsonObject) : [];
    return {
      totalResults: numberOf(answer.body, 'totalResults'),
      startIndex,
      resources: resources.map((body) =>
        this.#resource(isPartial ? PartialResourceSchema : schemaOf[endpoint], { ...answer, body }, query),
      ),
    };
  }

  async get(endpoint: Endpoint, id: string, query: Query = {}): Promise<Resource> {
    const answer = await this.#client.send({ method: 'GET', endpoint, id, query, expect: [200] });
    return this.#resource(schemaOf[endpoint], answer, query, id);
  }

  /**
   * Creates a resource.
   *
   * @param match - Finds it, for when an answer was lost and the repeated request met 409.
   */
  async create(endpoint: Endpoint, body: JsonObject, match: () => Promise<Resource | undefined>): Promise<Resource> {
    const answer = await this.#client.send({ method: 'POST', endpoint, body, expect: [201], expectRepeated: [409] });
    if (answer.status === 201) return this.#resource(schemaOf[endpoint], answer);
    const found = await match();
    if (found !== undefined) return found;
    const message = 'the repeated POST was answered 409, but no resource matches';
    this.#fault('match', answer, message);
    throw new UnusableAnswerError(message);
  }

  /** PATCH, RFC 7644 §3.5.2; undefined where the answer is 204. */
  patch(endpoint: Endpoint, id: string, body: JsonObject): Promise<Resource | undefined> {
    return this.#change({ method: 'PATCH', endpoint, id, body, expect: [200, 204] });
  }

  /** PUT, RFC 7644 §3.5.1. */
  put(endpoint: Endpoint, id: string, body: JsonObject): Promise<Resource | undefined> {
    return this.#change({ method: 'PUT', endpoint, id, body, expect: [200] });
  }

  /** DELETE, after which the id must be unknown. */
  async delete(endpoint: Endpoint, id: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', endpoint, id, expect: [204], expectRepeated: [404] });
    await this.#client.send({ method: 'GET', endpoint, id, expect: [404] });
  }

  /** A request that must be refused in that way. */
  async refuses(request: Omit<ScimRequest, 'expect'>, status: number, scimType?: string): Promise<void> {
    const answer = await this.#client.send({ ...request, expect: [status] });
    const given = memberOf(answer.body, 'scimType');
    if (scimType !== undefined && given !== scimType) {
      this.#fault('error body', answer, `expected scimType ${scimType} with ${status}, got ${String(given ?? 'none')}`);
    }
  }

  async #change(
    request: ScimRequest & { readonly endpoint: Endpoint; readonly id: string },
  ): Promise<Resource | undefined> {
    const answer = await this.#client.send(request);
    return answer.status === 204 ? undefined : this.#resource(schemaOf[request.endpoint], answer, {}, request.id);
  }

  /** @throws {@link UnusableAnswerError} where the body is no such resource. */
  #resource(schema: z.ZodType, answer: ScimAnswer, query: Query = {}, wantedId?: string): Resource {
    this.#require(schema, answer);
    const attributes = answer.body ?? {};
    const id = textOf(attributes, 'id') ?? '';
    if (wantedId !== undefined && id !== wantedId) this.#fault('identity', answer, `asked for ${wantedId}, got ${id}`);
    const location = textOf(memberOf(attributes, 'meta'), 'location');
    if (location !== undefined && !location.endsWith(`/${encodeURIComponent(id)}`)) {
      this.#fault('location', answer, `meta.location ${location} does not end with the id ${id}`);
    }
    if (query['excludedAttributes'] === 'members' && memberOf(attributes, 'members') !== undefined) {
      this.#fault('excluded attribute', answer, `group ${id} came with members, which were excluded`);
    }
    return toResource(attributes, id);
  }

  #require(schema: z.ZodType, answer: ScimAnswer): void {
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return;
    const message = explain(parsed.error);
    this.#fault('shape', answer, message);
    throw new UnusableAnswerError(message);
  }

  #fault(check: string, { kind }: ScimAnswer, message: string): void {
    this.#recorder.fault({ check, request: kind, message });
  }
}

function numberOf(body: JsonObject | undefined, name: string): number {
  const value = memberOf(body, name);
  return typeof value === 'number' ? value : 0;
}
