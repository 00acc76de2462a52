import { ScimError } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { auditAction } from '../operator/audit.ts';
import { changedMeanwhile, OperationRefusedError, type OperatorContext } from '../operator/operation.ts';
import { guardKey, heldPartition, heldRange } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import { isResourceId } from '../store/keys.ts';
import { TableBusyError, WriteRefusedError } from '../store/table-errors.ts';
import { type GuardItem, toStoredItem } from './guard-items.ts';
import { readWindow } from './list-held.ts';
import { dropVoid, type HeldResource, type ResourceName, readHeldOf, sortHeld } from './read-held.ts';

/** What an operator decides about: all that an application asked for, or one user or group. */
export type Which = { readonly all: true; readonly after: string | undefined } | { readonly id: string };

/** What became of what was decided about, as far as one call came. */
export interface Decided {
  readonly decided: number;
  /** Of those that were released: the ones that cannot be done any more, and why. */
  readonly failed: readonly (ResourceName & { readonly status: number })[];
  /** Of which a request was too large to be kept: the application has to send it again. */
  readonly unkept: readonly ResourceName[];
  /** Where the next call goes on; absent once all is done. */
  readonly next?: string;
}

/** What became of one resource. */
export interface Part extends Omit<Decided, 'next'> {
  /** False where the time was over first. */
  readonly isWhole: boolean;
}

export interface Job extends OperatorContext {
  readonly remainingMs: () => number;
}

type Decision = 'guard.release' | 'guard.reject' | 'guard.clear';

/** Left for the answer once a call has to stop. */
const RESERVE_MILLIS = 3_000;
export const PAGE = 25;
/** Sorts before all that is held. */
export const START = '!';

export function hasTime({ remainingMs }: Job): boolean {
  return remainingMs() >= RESERVE_MILLIS;
}

/** Records what is going to be decided about one, before it is. */
export async function recordOne(job: Job, directory: DirectoryContext, action: Decision, id: string): Promise<void> {
  const { tenant, application } = directory;
  await job.table.writeOne(auditAction(job, { action, tenant: tenant.name, application, after: { id } }));
}

/** Changes the window of an application, once a job; the audit's record is of each call. */
export async function beginAll(
  job: Job,
  directory: DirectoryContext,
  which: { readonly after: string | undefined },
  action: Decision,
  change: (item: GuardItem) => GuardItem,
): Promise<void> {
  const { tenant, application } = directory;
  const { after } = which;
  const decision = { all: true, ...(after === undefined ? {} : { after }) };
  const audit = auditAction(job, { action, tenant: tenant.name, application, after: decision });
  // Whoever goes on may have begun anywhere: a position is no way around the record.
  if (after === undefined) await changeWindow(job, directory, change, [audit]);
  else await job.table.writeOne(audit);
}

export async function changeWindow(
  job: Job,
  directory: DirectoryContext,
  change: (item: GuardItem) => GuardItem,
  alongside: readonly Action[] = [],
): Promise<void> {
  const { tenant, application } = directory;
  const key = guardKey(tenant.name, application);
  for (;;) {
    const before = await readWindow(directory);
    const changed = change(before ?? { ...key, version: 0, buckets: [], writeId: '' });
    const after = { ...changed, ...key, version: (before?.version ?? 0) + 1, writeId: job.newId() };
    const conditions = [
      before === undefined
        ? ({ kind: 'notExists' } as const)
        : ({ kind: 'versionIs', version: before.version } as const),
    ];
    try {
      const item = { ...toStoredItem(after), format: FORMAT };
      await job.table.write([{ kind: 'put', item, conditions }, ...alongside]);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) === undefined) throw changedMeanwhile(`the guard of ${application}`);
    }
  }
}

/** What is held of one, a user or a group. @throws {@link OperationRefusedError} `not_found` */
export async function findHeld(directory: DirectoryContext, id: string): Promise<HeldResource> {
  for (const type of ['User', 'Group'] as const) {
    const held = isResourceId(id) ? await readHeldOf(directory, { type, id }) : undefined;
    if (held !== undefined) return held;
  }
  throw new OperationRefusedError('not_found', `nothing of ${id} by ${directory.application} is held`);
}

export function toDecided({ decided, failed, unkept }: Omit<Decided, 'next'>, next?: string): Decided {
  return { decided, failed, unkept, ...(next === undefined ? {} : { next }) };
}

/** Goes through the resources of which something is held, as far as there is time; what is void goes. */
export async function decideAll(
  job: Job,
  { table, tenant, application }: DirectoryContext,
  which: { readonly after: string | undefined },
  act: (name: ResourceName) => Promise<Part>,
): Promise<Decided> {
  let total: Omit<Decided, 'next'> = { decided: 0, failed: [], unkept: [] };
  let { after } = which;
  for (;;) {
    const pk = heldPartition(tenant.name, application);
    const page = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
    const { held, voids } = await sortHeld(table, tenant.name, application, page.items);
    await dropVoid(table, tenant.name, voids);
    for (const { request } of held) {
      const { type, id, sk } = request;
      // Of a resource that the page has had already.
      if (after !== undefined && sk <= after) continue;
      const part = hasTime(job) ? await unlessBusy(act({ type, id })) : undefined;
      if (part !== undefined) total = sumOf(total, part);
      if (part?.isWhole !== true) return toDecided(total, after ?? START);
      after = heldRange({ type, id }).to;
    }
    if (page.next === undefined) return total;
    if (after === undefined || after < page.next) after = page.next;
  }
}

function sumOf(total: Omit<Decided, 'next'>, part: Part): Omit<Decided, 'next'> {
  return {
    decided: total.decided + part.decided,
    failed: [...total.failed, ...part.failed],
    unkept: [...total.unkept, ...part.unkept],
  };
}

async function unlessBusy(work: Promise<Part>): Promise<Part | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

/** Whether it may succeed a little later. */
export function isPassing(error: unknown): boolean {
  return error instanceof TableBusyError || (error instanceof ScimError && error.status === 503);
}
