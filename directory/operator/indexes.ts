import type { IndexPhase } from '../lookup-attributes.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import type { AttributeIndexItem } from '../store/tenant-items.ts';
import { attributeIndexKey } from '../store/tenant-keys.ts';
import { type TenantRecords, toTenant } from '../tenant-records.ts';
import { auditAction } from './audit.ts';
import { changeAction } from './change.ts';
import { indexPartitions } from './erase-tenant.ts';
import { Eraser } from './eraser.ts';
import { fillIndex } from './fill-index.ts';
import { findIndex, type NamedAttribute, toIndexableAttribute } from './index-attribute.ts';
import { OperationRefusedError, type OperatorContext } from './operation.ts';
import { beingDeleted, getTenantRecords } from './tenants.ts';

/**
 * How long a phase lasts before the next may begin: 20 s in which the write that began it may have been tried again, 30 s
 * for which a process goes by what it knows of a tenant, 29 s that a request may take, and some to spare.
 */
export const PHASE_MILLIS = 90_000;

/** Left for the answer, once the time of a call is over. */
const RESERVE_MILLIS = 5_000;

/** What a call came to. */
export interface IndexProgress {
  readonly done: boolean;
  /** Undefined once the index is gone. */
  readonly index: AttributeIndexItem | undefined;
  /** Resources that this call has looked at, or entries that it has erased. */
  readonly handled: number;
  /** When to call again. */
  readonly retryAfterSeconds?: number;
}

interface JobContext extends OperatorContext {
  /** Time left for this call. */
  readonly remainingMs: () => number;
}

/** What became of a step: the job goes on at once, or the call ends. */
type Step = 'next' | Pick<IndexProgress, 'done' | 'retryAfterSeconds'>;

/** What the steps of a call have done together. */
interface Tally {
  handled: number;
}

/**
 * Makes an index, a stretch at each call: entries are written from now on; once every process does so, what was there
 * before gets its entries; then filters are answered from it. Whatever ended a call half-way, the next goes on.
 *
 * @throws {@link OperationRefusedError} `invalid` where the attribute cannot be indexed; `conflict` where the index is
 * being removed, or there are too many; `not_found`
 */
export async function buildIndex(context: JobContext, tenant: string, named: NamedAttribute): Promise<IndexProgress> {
  return await run(context, tenant, named, async (records, index, tally) => {
    if (index === undefined) {
      const attribute = toIndexableAttribute(tenant, records, named);
      await createIndex(context, tenant, records, { type: named.type, attribute });
      return 'next';
    }
    switch (index.phase) {
      case 'read':
        return { done: true };
      case 'written':
        return waitFor(context, index) ?? (await fill(context, tenant, records, index, tally));
      case 'unread':
      case 'unwritten':
        throw new OperationRefusedError('conflict', `the index of ${index.attribute} is being removed: end that first`);
    }
  });
}

/**
 * Removes an index, a stretch at each call: no filter is answered from it any more; then no entry is written; then those
 * that there are are erased. Each begins once every process knows of the one before.
 *
 * @throws {@link OperationRefusedError} `not_found`
 */
export async function dropIndex(context: JobContext, tenant: string, named: NamedAttribute): Promise<IndexProgress> {
  let isFound = false;
  return await run(context, tenant, named, async (_records, index, tally) => {
    if (index === undefined) {
      if (isFound) return { done: true };
      throw new OperationRefusedError('not_found', `the tenant ${tenant} has no index of its own on that attribute`);
    }
    isFound = true;
    switch (index.phase) {
      case 'read':
        return await moveOn(context, tenant, index, 'unread');
      case 'written':
        return await moveOn(context, tenant, index, 'unwritten');
      case 'unread':
        return waitFor(context, index) ?? (await moveOn(context, tenant, index, 'unwritten'));
      case 'unwritten':
        return waitFor(context, index) ?? (await erase(context, tenant, index, tally));
    }
  });
}

async function run(
  context: JobContext,
  tenant: string,
  named: NamedAttribute,
  step: (records: TenantRecords, index: AttributeIndexItem | undefined, tally: Tally) => Promise<Step>,
): Promise<IndexProgress> {
  const tally: Tally = { handled: 0 };
  for (;;) {
    const records = await getTenantRecords(context, tenant);
    if (records.item.state === 'deleting') throw beingDeleted(tenant);
    const index = findIndex(tenant, records, named);
    const outcome = await step(records, index, tally);
    if (outcome !== 'next') return { ...outcome, ...tally, index };
  }
}

/** Undefined once every process knows of the phase. */
function waitFor({ now }: JobContext, index: AttributeIndexItem): Step | undefined {
  const waitMillis = Date.parse(index.since) + PHASE_MILLIS - now().getTime();
  if (waitMillis <= 0) return undefined;
  return { done: false, retryAfterSeconds: Math.ceil(waitMillis / 1_000) };
}

async function createIndex(
  context: JobContext,
  tenant: string,
  records: TenantRecords,
  { type, attribute }: Pick<AttributeIndexItem, 'type' | 'attribute'>,
): Promise<void> {
  const key = attributeIndexKey(tenant, type, attribute);
  const item = { ...key, format: FORMAT, version: 1, type, attribute };
  await write(context, [
    // Nobody removes the schema meanwhile, or makes one index more than there may be.
    changeAction({ item: records.item }),
    {
      kind: 'put',
      item: { ...item, phase: 'written', since: context.now().toISOString() },
      conditions: [{ kind: 'notExists' }],
    },
    auditAction(context, { action: 'indexes.add', tenant, after: { resourceType: type, attribute, phase: 'written' } }),
  ]);
}

async function fill(
  context: JobContext,
  tenant: string,
  records: TenantRecords,
  index: AttributeIndexItem,
  tally: Tally,
): Promise<Step> {
  const hasTime = () => context.remainingMs() > RESERVE_MILLIS;
  const filled = await fillIndex({ table: context.table, tenant: toTenant(tenant, records) }, index, hasTime);
  tally.handled += filled.handled;
  const { position } = filled;
  if (position === undefined) return await moveOn(context, tenant, index, 'read');
  await write(context, [changeAction({ item: index, set: { position } })]);
  return { done: false, retryAfterSeconds: 0 };
}

async function erase(context: JobContext, tenant: string, index: AttributeIndexItem, tally: Tally): Promise<Step> {
  const { type, attribute, phase, pk, sk, version } = index;
  const eraser = new Eraser(context.table, () => context.remainingMs() > RESERVE_MILLIS);
  for (const partition of indexPartitions(tenant, type, attribute)) {
    const isErased = await eraser.partition({ pk: partition });
    tally.handled = eraser.deleted;
    if (!isErased) return { done: false, retryAfterSeconds: 0 };
  }
  await write(context, [
    { kind: 'delete', key: { pk, sk }, conditions: [{ kind: 'versionIs', version }] },
    auditAction(context, {
      action: 'indexes.remove',
      tenant,
      before: { resourceType: type, attribute, phase },
    }),
  ]);
  return 'next';
}

/** Begins the next phase, if the index is still as it was read. */
async function moveOn(
  context: JobContext,
  tenant: string,
  index: AttributeIndexItem,
  phase: IndexPhase,
): Promise<'next'> {
  const { type: resourceType, attribute } = index;
  await write(context, [
    changeAction({ item: index, set: { phase, since: context.now().toISOString() }, remove: ['position'] }),
    auditAction(context, {
      action: 'indexes.phase',
      tenant,
      before: { resourceType, attribute, phase: index.phase },
      after: { resourceType, attribute, phase },
    }),
  ]);
  return 'next';
}

/** Another call may have been first: then the job goes on from what is there. */
async function write({ table }: JobContext, actions: readonly Action[]): Promise<void> {
  try {
    await table.write(actions);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}
