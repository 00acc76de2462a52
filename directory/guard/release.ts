import { ScimError } from '../../scim/errors.ts';
import type { JsonValue } from '../../scim/json.ts';
import type { Selection } from '../../scim/projection.ts';
import type { DirectoryContext } from '../context.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import { performWrite, type ResourceWrite } from '../perform-write.ts';
import type { Action } from '../store/item-table.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import {
  beginAll,
  type Decided,
  decideAll,
  findHeld,
  hasTime,
  isPassing,
  type Job,
  type Part,
  recordOne,
  toDecided,
  type Which,
} from './decide.ts';
import { dropHold, endHold } from './end-hold.ts';
import type { HeldRequest } from './guard-items.ts';
import { changeMarks } from './marks.ts';
import { type HeldResource, type ResourceName, readHeldOf } from './read-held.ts';
import { createReleasedGate, HoldOverError } from './released-gate.ts';

const NOTHING: Selection = { parameter: undefined, returned: new Set() };

/**
 * Does what is held, at once and outside the guard; what the identity provider sends again finds nothing to change. Of
 * all: first the guard opens and its window begins anew, so that nothing more is held; then one resource after the other,
 * each one's requests in the order in which they were asked for. A call that broke off is carried on by the next.
 *
 * @param directory - Of the application whose requests are held.
 * @throws {@link OperationRefusedError} of one: `not_found` where nothing of it is held; `conflict` where a request is too
 * large to be kept, which only the open guard lets through
 */
export async function releaseHeld(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  if ('all' in which) {
    const open = { tripped: undefined, reminder: undefined, base: undefined, buckets: [] };
    await beginAll(job, directory, which, 'guard.release', (item) => ({ ...item, ...open }));
    return await decideAll(job, directory, which, (name) => releaseResource(job, directory, name));
  }
  const held = await findHeld(directory, which.id);
  if (held.requests.some((request) => !isKept(request))) {
    const detail = `a request about ${which.id} is too large to be kept: "guard release --all" opens the guard, so that it is done when the application sends it again`;
    throw new OperationRefusedError('conflict', detail);
  }
  await recordOne(job, directory, 'guard.release', which.id);
  const part = await releaseResource(job, directory, { type: held.resource.type, id: which.id });
  if (!part.isWhole) throw stillUnderWay(which.id, part);
  return toDecided(part);
}

/** Where not all could be done, the mark and what is left of the requests stand as they did. */
async function releaseResource(job: Job, directory: DirectoryContext, name: ResourceName): Promise<Part> {
  const done = new Set<string>();
  const failed: Decided['failed'][number][] = [];
  let unkept = 0;
  let hold: string | undefined;
  const toPart = (isWhole: boolean): Part => {
    return { decided: done.size - unkept, failed, unkept: unkept === 0 ? [] : [name], isWhole };
  };
  const doNext = async (): Promise<boolean> => {
    const held = await readHeldOf(directory, name);
    if (held === undefined) {
      if (hold !== undefined) await dropHold(directory, name, hold);
      return true;
    }
    hold = held.mark.id;
    const request = held.requests.find((each) => !done.has(nameOf(each)));
    if (request === undefined) return (await endHold(directory, held)) === 'ended';
    const outcome = isKept(request) ? await perform(directory, request) : 'unkept';
    if (outcome === 'over') return (await endHold(directory, held)) === 'ended';
    if (outcome === 'unkept') unkept += 1;
    else if (outcome !== 'done') failed.push({ ...name, status: outcome });
    done.add(nameOf(request));
    // A mark does not stand without a request: the last one goes with it.
    if (held.requests.length > 1) await dropDone(directory, held, request);
    return false;
  };
  try {
    while (hasTime(job)) if (await doNext()) return toPart(true);
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
  return toPart(false);
}

/** Which request, and which time that it was asked. */
function nameOf({ sk, order }: HeldRequest): string {
  return `${sk} ${order}`;
}

/** What is left is held as before; what could not be done is told with it, for the next time it is gone. */
function stillUnderWay(id: string, { failed }: Part): OperationRefusedError {
  const statuses = failed.map(({ status }) => status).join(', ');
  const given = failed.length === 0 ? '' : ` (given up, for it cannot be done any more, with status ${statuses})`;
  const detail = `not all that is held of ${id} could be done in time${given}: release it again`;
  return new OperationRefusedError('conflict', detail);
}

function isKept({ method, body }: HeldRequest): boolean {
  return method === 'DELETE' || body !== undefined;
}

/** Does a held request as its application. @returns The status of one that cannot be done any more. */
async function perform(directory: DirectoryContext, request: HeldRequest): Promise<'done' | 'over' | number> {
  const context = { ...directory, requestId: request.requestId };
  try {
    await performWrite(context, toWrite(request), NOTHING, createReleasedGate(context, request));
    return 'done';
  } catch (error) {
    if (error instanceof HoldOverError) return 'over';
    if (!(error instanceof ScimError) || isPassing(error)) throw error;
    // What is gone needs no deletion.
    return error.status === 404 ? 'over' : error.status;
  }
}

function toWrite({ method, type, id, body = 'null' }: HeldRequest): ResourceWrite {
  if (method === 'DELETE') return { method, type, id, ifMatch: undefined };
  const parsed: JsonValue = JSON.parse(body);
  return { method, type, id, body: parsed, ifMatch: undefined };
}

/**
 * One that was asked for again meanwhile waits for its own turn. The marks are counted on, so that nobody who has read the
 * request before does it once more.
 */
async function dropDone({ table }: DirectoryContext, { resource }: HeldResource, request: HeldRequest): Promise<void> {
  const { pk, sk, order } = request;
  const drop: Action = {
    kind: 'delete',
    key: { pk, sk },
    conditions: [{ kind: 'equals', attribute: 'order', value: order }],
  };
  try {
    await table.write([drop, changeMarks(resource, resource.held ?? {}).action]);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}
