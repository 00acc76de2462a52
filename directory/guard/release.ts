import { ScimError } from '../../scim/errors.ts';
import type { JsonValue } from '../../scim/json.ts';
import type { Selection } from '../../scim/projection.ts';
import type { DirectoryContext } from '../context.ts';
import { auditAction } from '../operator/audit.ts';
import { changedMeanwhile, OperationRefusedError, type OperatorContext } from '../operator/operation.ts';
import { performWrite, type ResourceWrite } from '../perform-write.ts';
import { guardKey, heldKey, heldPartition } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, parseItem } from '../store/items.ts';
import { isResourceId } from '../store/keys.ts';
import { TableBusyError, WriteRefusedError } from '../store/table-errors.ts';
import { createReleasedGate } from './gate.ts';
import { type GuardItem, type HeldItem, HeldItemSchema, toStoredItem } from './guard-items.ts';
import { readWindow } from './list-held.ts';
import { deletionOf, endHeld, readHeldOf } from './mark.ts';

/** What an operator decides about: all that an application asked for, or one user or group. */
export type Which = { readonly all: true; readonly after: string | undefined } | { readonly id: string };

/** What became of what was decided about, as far as one call came. */
export interface Decided {
  readonly decided: number;
  /** Of those that were released: the ones that cannot be done any more, and why. */
  readonly failed: readonly { readonly type: string; readonly id: string; readonly status: number }[];
  /** Where the next call goes on; absent once all is done. */
  readonly next?: string;
}

export interface Job extends OperatorContext {
  readonly remainingMs: () => number;
}

/** Left for the answer once a call has to stop. */
const RESERVE_MILLIS = 3_000;
const PAGE = 25;
const NOTHING: Selection = { parameter: undefined, returned: new Set() };

/**
 * Does what is held, at once and outside the guard; what the identity provider sends again finds nothing to change. Of
 * all: first the guard opens and its window begins anew, so that nothing more is held; then one request after the other.
 * A call that broke off is carried on by the next: what is done once more changes nothing.
 *
 * @param directory - Of the application whose requests are held.
 * @throws {@link OperationRefusedError} `not_found` where nothing is held of one
 */
export async function releaseHeld(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  const open = (item: GuardItem) => ({
    ...item,
    tripped: undefined,
    reminder: undefined,
    base: undefined,
    buckets: [],
  });
  await begin(job, directory, which, 'guard.release', open);
  return await decide(job, directory, which, (held, alongside) => release(directory, held, alongside));
}

/**
 * Gives up what is held, and refuses such requests with a 400 from now on, until that is cleared.
 *
 * @throws {@link OperationRefusedError} `not_found` where nothing is held of one
 */
export async function rejectHeld(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  const rejectedAt = job.now().toISOString();
  const close = (item: GuardItem) => ({ ...item, tripped: undefined, reminder: undefined, rejectedAt });
  await begin(job, directory, which, 'guard.reject', close);
  if ('all' in which) {
    return await decide(job, directory, which, async (held) => {
      await endHeld(directory, held);
      return undefined;
    });
  }
  // Requests look for it from now on; then it is there to be found.
  await changeWindow(job, directory, (item) => ({ ...item, hasRejections: true as const }));
  return await decide(job, directory, which, async (held, alongside) => {
    const { body: _body, ...rest } = held;
    const rejection: HeldItem = {
      ...rest,
      ...heldKey(directory.tenant.name, directory.application, held),
      version: held.version + 1,
      rejectedAt,
    };
    const item = { ...toStoredItem(rejection), format: FORMAT };
    const conditions = [{ kind: 'versionIs', version: held.version } as const];
    if (rejection.sk === held.sk) await endHeld(directory, held, { kind: 'put', item, conditions }, alongside);
    else await endHeld(directory, held, deletionOf(held), [{ kind: 'put', item }, ...alongside]);
    return undefined;
  });
}

/** Ends rejections: such requests are counted again, from nothing. */
export async function clearRejections(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  await begin(job, directory, which, 'guard.clear', (item) => ({
    ...item,
    rejectedAt: undefined,
    base: undefined,
    buckets: [],
  }));
  return await decide(
    job,
    directory,
    which,
    async (held, alongside) => {
      await endHeld(directory, held, deletionOf(held), alongside);
      return undefined;
    },
    'rejected',
  );
}

/** Changes the window of an application, once a job, with the audit's record; of a single resource nothing. */
async function begin(
  job: Job,
  directory: DirectoryContext,
  which: Which,
  action: string,
  change: (item: GuardItem) => GuardItem | object,
): Promise<void> {
  if (!('all' in which) || which.after !== undefined) return;
  const { tenant, application } = directory;
  const audit = auditAction(job, { action, tenant: tenant.name, application, after: { all: true } });
  await changeWindow(job, directory, change, [audit]);
}

async function changeWindow(
  job: Job,
  directory: DirectoryContext,
  change: (item: GuardItem) => object,
  alongside: readonly Action[] = [],
): Promise<void> {
  const { tenant, application } = directory;
  const key = guardKey(tenant.name, application);
  for (;;) {
    const before = await readWindow(directory);
    const blank: GuardItem = { ...key, version: 0, buckets: [], writeId: '' };
    const changed = change(before ?? blank);
    const after = { ...changed, ...key, version: (before?.version ?? 0) + 1, writeId: job.newId(), format: FORMAT };
    const conditions = [
      before === undefined
        ? ({ kind: 'notExists' } as const)
        : ({ kind: 'versionIs', version: before.version } as const),
    ];
    try {
      await job.table.write([{ kind: 'put', item: toStoredItem({ ...blank, ...after }), conditions }, ...alongside]);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) === undefined) throw changedMeanwhile(`the guard of ${application}`);
    }
  }
}

type Failure = Decided['failed'][number] | undefined;

/** Goes through what the operator decides about, as far as there is time. */
async function decide(
  job: Job,
  directory: DirectoryContext,
  which: Which,
  act: (held: HeldItem, alongside: readonly Action[]) => Promise<Failure>,
  of: 'held' | 'rejected' = 'held',
): Promise<Decided> {
  const isWanted = ({ rejectedAt }: HeldItem) => (rejectedAt === undefined) === (of === 'held');
  if (!('all' in which)) return await decideOne(job, directory, which.id, { act, isWanted, of });
  const failed: NonNullable<Failure>[] = [];
  let decided = 0;
  let after = which.after;
  for (;;) {
    const pk = heldPartition(directory.tenant.name, directory.application);
    const page = await directory.table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) {
      const held = parseItem(HeldItemSchema, item);
      try {
        if (job.remainingMs() < RESERVE_MILLIS) return { decided, failed, next: after ?? START };
        if (isWanted(held)) {
          const failure = await act(held, []);
          decided += 1;
          if (failure !== undefined) failed.push(failure);
        }
      } catch (error) {
        if (!isPassing(error)) throw error;
        return { decided, failed, next: after ?? START };
      }
      after = held.sk;
    }
    if (page.next === undefined) return { decided, failed };
  }
}

/** Sorts before every request that is held. */
const START = '!';

interface One {
  readonly act: (held: HeldItem, alongside: readonly Action[]) => Promise<Failure>;
  readonly isWanted: (held: HeldItem) => boolean;
  readonly of: 'held' | 'rejected';
}

async function decideOne(
  job: Job,
  directory: DirectoryContext,
  id: string,
  { act, isWanted, of }: One,
): Promise<Decided> {
  const { tenant, application } = directory;
  const all = isResourceId(id)
    ? [
        ...(await readHeldOf(directory, { type: 'User', id })),
        ...(await readHeldOf(directory, { type: 'Group', id })),
      ].filter(isWanted)
    : [];
  if (all.length === 0) throw new OperationRefusedError('not_found', `nothing of ${id} by ${application} is ${of}`);
  const action = of === 'held' ? 'guard.decide' : 'guard.clear';
  const audit = auditAction(job, { action, tenant: tenant.name, application, after: { id } });
  const failed: NonNullable<Failure>[] = [];
  for (const [n, held] of all.entries()) {
    const failure = await act(held, n === 0 ? [audit] : []);
    if (failure !== undefined) failed.push(failure);
  }
  return { decided: all.length, failed };
}

/** Whether it may succeed a little later. */
function isPassing(error: unknown): boolean {
  return error instanceof TableBusyError || (error instanceof ScimError && error.status === 503);
}

/** Does a held request as its application; one that is too large to be kept is left to the application's next try. */
async function release(directory: DirectoryContext, held: HeldItem, alongside: readonly Action[]): Promise<Failure> {
  const { type, id } = held;
  let failure: Failure;
  try {
    const write = toWrite(held);
    const own = { ...directory, requestId: held.requestId };
    if (write !== undefined) await performWrite(own, write, NOTHING, createReleasedGate(held.kept));
  } catch (error) {
    if (!(error instanceof ScimError) || isPassing(error)) throw error;
    // What is gone needs no deletion.
    if (error.status !== 404) failure = { type, id, status: error.status };
  }
  await endHeld(directory, held, deletionOf(held), alongside);
  return failure;
}

function toWrite({ method, type, id, body }: HeldItem): ResourceWrite | undefined {
  if (method === 'DELETE') return { method, type, id, ifMatch: undefined };
  if (body === undefined) return undefined;
  const parsed: JsonValue = JSON.parse(body);
  return { method, type, id, body: parsed, ifMatch: undefined };
}
