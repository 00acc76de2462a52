import type { DirectoryContext } from '../context.ts';
import { guardKey } from '../store/access-keys.ts';
import { FORMAT, parseOptionalItem } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { readBase } from './base.ts';
import { type Amount, type GuardItem, GuardItemSchema, type Trip, toStoredItem } from './guard-items.ts';
import { type GuardSettings, guardSettingsOf } from './guard-policy.ts';
import { findExcess, inWindow, isNothing, sumOf, withAmount } from './window.ts';

/** What becomes of a request that takes something away. */
export type Verdict =
  | { readonly kind: 'free' }
  /** `window`: the version of the window that says so; in another the request may be judged otherwise. */
  | { readonly kind: 'held'; readonly trip: Trip; readonly window: number }
  | { readonly kind: 'rejected'; readonly since: string };

export interface Request {
  /** At most so much is taken away. */
  readonly asked: Amount;
  /** Exactly so much; asked for only where it matters. */
  readonly measure: () => Promise<Amount>;
  /** Since when requests for the same resource are rejected; asked only where there are any such. */
  readonly findRejection: () => Promise<string | undefined>;
}

/**
 * Counts a request before its work is done, on the item of its application's window: written under its version, so that
 * requests that come at once are counted one after the other and cannot pass the limit together. What is counted stays
 * counted, also where the request fails later.
 */
export async function reserve(context: DirectoryContext, request: Request): Promise<Verdict> {
  const { table, tenant, application } = context;
  const settings = guardSettingsOf(tenant.policy.guard, application);
  let item = parseOptionalItem(GuardItemSchema, await table.get(guardKey(tenant.name, application)));
  let asked = request.asked;
  let isExact = false;
  for (;;) {
    if (item?.rejectedAt !== undefined) return { kind: 'rejected', since: item.rejectedAt };
    const rejectedSince = item?.hasRejections === true ? await request.findRejection() : undefined;
    if (rejectedSince !== undefined) return { kind: 'rejected', since: rejectedSince };
    const now = context.now();
    const { verdict, after } = await judge(context, settings, { item, asked, now });
    if (verdict.kind === 'held' && !isExact) {
      asked = await request.measure();
      isExact = true;
      if (isNothing(asked)) return { kind: 'free' };
      continue;
    }
    if (after === undefined) return verdict;
    const left = await put(context, item, after);
    if (left === 'written') return verdict;
    item = left.item;
  }
}

interface State {
  readonly item: GuardItem | undefined;
  readonly asked: Amount;
  readonly now: Date;
}

type Draft = Omit<GuardItem, 'version' | 'writeId' | 'pk' | 'sk'>;

/** @returns `after`: what is to be written; undefined: nothing. */
async function judge(
  context: DirectoryContext,
  settings: GuardSettings,
  { item, asked, now }: State,
): Promise<{ readonly verdict: Verdict; readonly after: Draft | undefined }> {
  if (item?.tripped?.mode === 'on' && settings.mode === 'on') {
    return { verdict: { kind: 'held', trip: item.tripped, window: item.version }, after: undefined };
  }
  const standing = inWindow(item?.buckets ?? [], settings, now.getTime());
  const total = sumOf([...standing, asked]);
  let base = standing.length === 0 ? undefined : item?.base;
  if (findExcess(total, asked, settings, base) !== undefined) base = largest(base, await readBaseOf(context));
  const excess = findExcess(total, asked, settings, base);
  const grown = {
    buckets: [...withAmount(standing, asked, settings, now.getTime())],
    ...(base === undefined ? {} : { base }),
  };
  const { mode, windowMinutes } = settings;
  if (excess === undefined || mode === 'off') {
    return { verdict: { kind: 'free' }, after: { ...kept(item), tripped: undefined, ...grown } };
  }
  const at = now.toISOString();
  if (mode === 'watch') {
    const tripped = item?.tripped?.mode === 'watch' ? item.tripped : { at, mode, windowMinutes, ...excess };
    return { verdict: { kind: 'free' }, after: { ...kept(item), tripped, ...grown } };
  }
  const trip = { at, mode, windowMinutes, ...excess };
  // What is held is not done, and does not count.
  const after = { ...kept(item), buckets: [...standing], tripped: trip, ...(base === undefined ? {} : { base }) };
  return { verdict: { kind: 'held', trip, window: versionAfter(item) }, after };
}

async function readBaseOf({ table, tenant, application }: DirectoryContext): Promise<Amount> {
  return await readBase(table, tenant, application);
}

/** Of the window once it is written. */
function versionAfter(before: GuardItem | undefined): number {
  return (before?.version ?? 0) + 1;
}

/** Those who are gone within the window are no longer in what is counted now. */
function largest(known: Amount | undefined, found: Amount): Amount {
  return {
    users: Math.max(known?.users ?? 0, found.users),
    memberships: Math.max(known?.memberships ?? 0, found.memberships),
  };
}

function kept(item: GuardItem | undefined): Partial<Draft> {
  if (item === undefined) return {};
  const { pk: _pk, sk: _sk, version: _version, writeId: _writeId, base: _base, ...rest } = item;
  return rest;
}

/** Writes the window if it is still as it was read; else gives it as it is. */
async function put(
  { table, tenant, application, newId }: DirectoryContext,
  before: GuardItem | undefined,
  after: Draft,
): Promise<'written' | { readonly item: GuardItem | undefined }> {
  const writeId = newId();
  const stored = toStoredItem({
    ...after,
    ...guardKey(tenant.name, application),
    version: versionAfter(before),
    writeId,
  });
  try {
    await table.writeOne(
      {
        kind: 'put',
        item: { ...stored, format: FORMAT },
        conditions: [before === undefined ? { kind: 'notExists' } : { kind: 'versionIs', version: before.version }],
      },
      { writeId },
    );
    return 'written';
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return { item: parseOptionalItem(GuardItemSchema, error.refusals[0].item) };
  }
}
