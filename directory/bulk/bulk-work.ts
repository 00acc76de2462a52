import { detachReferences } from '../../scim/bulk/detach.ts';
import { replaceReferences, toReference } from '../../scim/bulk/references.ts';
import type { BulkChange, BulkCreation, BulkOperation, BulkTarget } from '../../scim/bulk/types.ts';
import { invalidValue, ScimError } from '../../scim/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../scim/json.ts';
import type { Selection } from '../../scim/projection.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { quoteExcerpt } from '../../scim/text.ts';
import { parseResourceBody } from '../../scim/validation/resource-body.ts';
import type { DirectoryContext } from '../context.ts';
import { locationOf } from '../derived.ts';
import { type Performed, performWrite } from '../perform-write.ts';
import type { Done } from '../resource-view.ts';

/** What became of an operation of a bulk request. */
export interface OperationOutcome {
  /** The status of a request of its own. */
  readonly status: number;
  readonly location: string | undefined;
  readonly version: number | undefined;
  /** What it did; of one that failed only where it created a resource and could not link it. */
  readonly done: Done | undefined;
  readonly error: ScimError | undefined;
  /** Whatever was thrown, other than a ScimError. */
  readonly failure: unknown;
}

/** A resource that lacks its references to what is created after it. */
interface Unlinked {
  readonly id: string;
  readonly type: ResourceTypeName;
  readonly performed: Performed;
  /** The body of the PATCH that adds them. */
  readonly link: JsonObject;
}

/** Nothing is returned of a resource, so that nothing is read for it. */
const NOTHING: Selection = { parameter: undefined, returned: new Set() };
/** As {@link NOTHING}, but for the version, which otherwise is not known of every change. */
const VERSION: Selection = { parameter: 'attributes', returned: new Set() };

/** Performs single operations of one bulk request; knows what has become of those that the others refer to. */
export class BulkWork {
  /** In the order of the request. */
  readonly outcomes: (OperationOutcome | undefined)[];
  readonly #context: DirectoryContext;
  readonly #operations: readonly BulkOperation[];
  readonly #toError: (error: unknown) => ScimError;
  /** Which operation creates what a bulkId stands for. */
  readonly #creators: ReadonlyMap<string, number>;
  /** Ids of what was created, by bulkId. */
  readonly #created = new Map<string, string>();
  readonly #unlinked = new Map<number, Unlinked>();
  #failures = 0;

  /** @param toError - Whatever was thrown, as a client may see it. */
  constructor(context: DirectoryContext, operations: readonly BulkOperation[], toError: (error: unknown) => ScimError) {
    this.#context = context;
    this.#operations = operations;
    this.#toError = toError;
    this.#creators = new Map(
      operations.flatMap(({ method, bulkId }, place) =>
        method === 'POST' && bulkId !== undefined ? [[bulkId, place] as const] : [],
      ),
    );
    this.outcomes = operations.map(() => undefined);
  }

  get failures(): number {
    return this.#failures;
  }

  /**
   * Performs an operation; whatever is thrown is its outcome.
   *
   * @param detached - bulkIds whose references a creation leaves out, until {@link link}.
   * @param mayYield - Whether a refusal because of a unique value is no outcome yet: who has it may be giving it up.
   * @returns `taken` where it was refused so.
   */
  async perform(place: number, detached: ReadonlySet<string>, mayYield: boolean): Promise<'ended' | 'taken'> {
    try {
      await this.#perform(place, detached);
    } catch (error) {
      if (mayYield && error instanceof ScimError && error.scimType === 'uniqueness') return 'taken';
      this.fail(place, error);
    }
    return 'ended';
  }

  /** Adds to a resource the references that its creation left out; only now that operation has succeeded. */
  async link(place: number): Promise<void> {
    const unlinked = this.#unlinked.get(place);
    if (unlinked === undefined) return;
    const { id, type, link, performed } = unlinked;
    try {
      const body = this.#resolve(link);
      const linked = await performWrite(
        this.#context,
        { method: 'PATCH', type, id, body, ifMatch: undefined },
        VERSION,
      );
      this.#succeed(place, { ...performed, ...linked, status: 201, done: sumOf(performed.done, linked.done) });
    } catch (error) {
      this.#failLink(place, performed, error);
    }
  }

  /** Whatever was thrown is the outcome of the operation. */
  fail(place: number, thrown: unknown): void {
    this.#end(place, { thrown, location: this.#locationOf(place), done: undefined });
  }

  async #perform(place: number, detached: ReadonlySet<string>): Promise<void> {
    const operation = this.#operations[place];
    switch (operation?.kind) {
      case 'creation':
        return await this.#create(place, operation, detached);
      case 'change':
        return this.#succeed(place, await performWrite(this.#context, this.#toWrite(operation), NOTHING));
      case 'faulty':
        throw operation.error;
      default:
        throw new Error(`there is no operation ${place}`);
    }
  }

  async #create(place: number, operation: BulkCreation, detached: ReadonlySet<string>): Promise<void> {
    const { bulkId, type } = operation;
    const { data, link } = this.#detach(operation, detached);
    const body = this.#resolve(data);
    const performed = await performWrite(this.#context, { method: 'POST', type, body }, NOTHING);
    const id = String(performed.representation?.['id']);
    this.#created.set(bulkId, id);
    if (link === undefined) this.#succeed(place, performed);
    else this.#unlinked.set(place, { id, type, performed, link });
  }

  #detach(
    { bulkId, type, data }: BulkCreation,
    detached: ReadonlySet<string>,
  ): { readonly data: JsonValue; readonly link: JsonObject | undefined } {
    if (detached.size === 0 || !isJsonObject(data)) return { data, link: undefined };
    const schema = this.#context.tenant.schemas[type];
    // What is wrong with the whole is found before a part of it is written.
    const { members } = parseResourceBody(schema, data);
    if (members?.includes(toReference(bulkId)) === true) {
      throw invalidValue('members: a group cannot be a member of itself');
    }
    return detachReferences(schema, data, detached);
  }

  #toWrite({ method, type, target, ifMatch, data }: BulkChange): Parameters<typeof performWrite>[1] {
    const id = 'id' in target ? target.id : this.#idOf(target.bulkId, 'whole');
    return method === 'DELETE'
      ? { method, type, id, ifMatch }
      : { method, type, id, ifMatch, body: this.#resolve(data) };
  }

  #resolve(data: JsonValue): JsonValue {
    return replaceReferences(data, (bulkId) => this.#idOf(bulkId, 'there'));
  }

  /**
   * The id of what the POST with that bulkId has created.
   *
   * @param needed - `whole`: it must have succeeded; `there`: it may lack its references yet, or for ever.
   * @throws ScimError 400 `invalidValue` where there is no such POST; 409 where it failed, 503 where it may be tried again.
   */
  #idOf(bulkId: string, needed: 'there' | 'whole'): string {
    const id = this.#created.get(bulkId);
    const place = this.#creators.get(bulkId);
    if (place === undefined) {
      throw invalidValue(
        `${quoteExcerpt(toReference(bulkId))} refers to nothing: no POST of the request has that bulkId`,
      );
    }
    const error = this.outcomes[place]?.error;
    if (id !== undefined && (needed === 'there' || error === undefined)) return id;
    const why = error === undefined ? 'was not performed' : `failed with status ${error.status}`;
    throw new ScimError(
      error?.status === 503 ? 503 : 409,
      `${quoteExcerpt(toReference(bulkId))} cannot be referred to: its POST ${why}`,
    );
  }

  #succeed(place: number, { status, location, version, done }: Performed): void {
    this.outcomes[place] = { status, location, version, done, error: undefined, failure: undefined };
  }

  #failLink(place: number, { location, done }: Performed, thrown: unknown): void {
    const cause = this.#toError(thrown);
    const error = new ScimError(
      cause.status,
      `Created as ${location}, but without its references to what is created after it: ${cause.message}`,
      { ...(cause.scimType === undefined ? {} : { scimType: cause.scimType }), cause: thrown },
    );
    this.#end(place, { thrown, location, done }, error);
  }

  #end(
    place: number,
    { thrown, location, done }: Pick<OperationOutcome, 'location' | 'done'> & { readonly thrown: unknown },
    error: ScimError = this.#toError(thrown),
  ): void {
    this.#failures += 1;
    const failure = thrown instanceof ScimError ? undefined : thrown;
    this.outcomes[place] = { status: error.status, location, version: undefined, done, error, failure };
  }

  /** Of the resource that an operation is about, as far as it can be told. */
  #locationOf(place: number): string | undefined {
    const operation = this.#operations[place];
    if (operation === undefined || operation.kind === 'creation') return undefined;
    const about = operation.kind === 'change' ? operation : operation.path;
    const id = about?.target === undefined ? undefined : this.#findId(about.target);
    return about === undefined || id === undefined ? undefined : locationOf(this.#context, about.type, id);
  }

  #findId(target: BulkTarget): string | undefined {
    return 'id' in target ? target.id : this.#created.get(target.bulkId);
  }
}

function sumOf(created: Done, linked: Done): Done {
  const { membersAdded, membersRemoved } = linked;
  return { ...created, membersAdded: created.membersAdded + membersAdded, membersRemoved };
}
