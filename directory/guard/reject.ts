import type { DirectoryContext } from '../context.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import { heldPartition, rejectionKey } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, parseOptionalItem } from '../store/items.ts';
import { isResourceId } from '../store/keys.ts';
import {
  beginAll,
  changeWindow,
  type Decided,
  decideAll,
  findHeld,
  hasTime,
  type Job,
  PAGE,
  type Part,
  recordOne,
  START,
  toDecided,
  type Which,
} from './decide.ts';
import { endHold } from './end-hold.ts';
import { HeldItemSchema, type Rejection, toStoredItem } from './guard-items.ts';
import { type HeldResource, type ResourceName, readHeldOf } from './read-held.ts';

const NOTHING: Omit<Decided, 'next'> = { decided: 0, failed: [], unkept: [] };

/**
 * Gives up what is held, and refuses such requests with a 400 from now on, until that is cleared.
 *
 * @throws {@link OperationRefusedError} `not_found` where nothing is held of one
 */
export async function rejectHeld(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  const rejectedAt = job.now().toISOString();
  if ('all' in which) {
    await beginAll(job, directory, which, 'guard.reject', (item) => ({
      ...item,
      tripped: undefined,
      reminder: undefined,
      rejectedAt,
    }));
    return await decideAll(job, directory, which, (name) => giveUp(directory, name, () => []));
  }
  const { resource } = await findHeld(directory, which.id);
  await recordOne(job, directory, 'guard.reject', which.id);
  // Requests look for it from now on; then it is there to be found.
  await changeWindow(job, directory, (item) => ({ ...item, hasRejections: true }));
  const name = { type: resource.type, id: which.id };
  return toDecided(await giveUp(directory, name, (held) => putRejection(directory, name, held, rejectedAt)));
}

/** @param toAlongside - What the transaction does that takes the mark away. */
async function giveUp(
  directory: DirectoryContext,
  name: ResourceName,
  toAlongside: (held: HeldResource) => readonly Action[],
): Promise<Part> {
  for (;;) {
    const held = await readHeldOf(directory, name);
    if (held === undefined) return { ...NOTHING, isWhole: true };
    const ended = await endHold(directory, held, toAlongside(held));
    if (ended === 'ended') return { ...NOTHING, decided: held.requests.length, isWhole: true };
  }
}

function putRejection(
  { tenant, application }: DirectoryContext,
  name: ResourceName,
  { mark, requests }: HeldResource,
  rejectedAt: string,
): readonly Action[] {
  const last = requests.at(-1);
  const rejection: Rejection = {
    ...rejectionKey(tenant.name, application, name),
    kind: 'rejection',
    ...name,
    method: last?.method ?? 'PATCH',
    users: last?.users ?? 0,
    memberships: requests.reduce((sum, { memberships }) => sum + memberships, 0),
    since: mark.since,
    rejectedAt,
  };
  return [{ kind: 'put', item: { ...toStoredItem(rejection), format: FORMAT } }];
}

/**
 * Ends rejections: such requests are counted again, of all from nothing.
 *
 * @throws {@link OperationRefusedError} `not_found` where nothing is rejected of one
 */
export async function clearRejections(job: Job, directory: DirectoryContext, which: Which): Promise<Decided> {
  const { table, application } = directory;
  if ('all' in which) {
    await beginAll(job, directory, which, 'guard.clear', (item) => ({
      ...item,
      rejectedAt: undefined,
      base: undefined,
      buckets: [],
    }));
    return await clearAll(job, directory, which.after);
  }
  const rejections = (
    await Promise.all((['User', 'Group'] as const).map((type) => find(directory, type, which.id)))
  ).flat();
  if (rejections.length === 0) {
    throw new OperationRefusedError('not_found', `nothing of ${which.id} by ${application} is rejected`);
  }
  await recordOne(job, directory, 'guard.clear', which.id);
  for (const { pk, sk } of rejections) await table.writeOne({ kind: 'delete', key: { pk, sk } });
  return { ...NOTHING, decided: rejections.length };
}

async function clearAll(job: Job, directory: DirectoryContext, from: string | undefined): Promise<Decided> {
  const { table, tenant, application } = directory;
  let decided = 0;
  let after = from;
  do {
    if (!hasTime(job)) return toDecided({ ...NOTHING, decided }, after ?? START);
    const page = await table.query({
      pk: heldPartition(tenant.name, application),
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { pk, sk, kind } of page.items) {
      if (kind !== 'rejection') continue;
      await table.writeOne({ kind: 'delete', key: { pk, sk } });
      decided += 1;
    }
    after = page.next;
  } while (after !== undefined);
  return { ...NOTHING, decided };
}

async function find(
  { table, tenant, application }: DirectoryContext,
  type: Rejection['type'],
  id: string,
): Promise<readonly Rejection[]> {
  if (!isResourceId(id)) return [];
  const item = await table.get(rejectionKey(tenant.name, application, { type, id }));
  const held = parseOptionalItem(HeldItemSchema, item);
  return held?.kind === 'rejection' ? [held] : [];
}
