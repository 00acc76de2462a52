import { ENTRA_GIVES_UP_DAYS, toGivingUp } from '../guard/giving-up.ts';
import { type GuardItem, GuardItemSchema } from '../guard/guard-items.ts';
import type { ItemChange } from '../store/item-change.ts';
import { parseItem } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { newEntry } from './new-entry.ts';

/** What the window of an application says when the guard trips, and with each daily reminder that requests are held. */
export function guardEntry(tenant: string, application: string, { before, after }: ItemChange): LogItem | undefined {
  if (after === undefined) return undefined;
  const now = parseItem(GuardItemSchema, after);
  const known = before && parseItem(GuardItemSchema, before);
  const phase = phaseOf(known, now);
  if (phase === undefined) return undefined;
  const { since, held } = phase;
  const { tripped } = now;
  return newEntry(tenant, ['guard', application, phase.time, held ?? 'tripped'], {
    time: phase.time,
    application,
    requestId: '',
    operation: 'guard',
    facts: {
      phase: held === undefined ? 'tripped' : 'held',
      since,
      ...(held === undefined ? {} : { held }),
      ...(tripped?.mode === 'watch' ? {} : { givesUpAt: toGivingUp(since, ENTRA_GIVES_UP_DAYS).toISOString() }),
      ...(tripped === undefined ? {} : factsOf(tripped)),
    },
  });
}

function factsOf({ mode, what, counted, limit, base, windowMinutes }: NonNullable<GuardItem['tripped']>) {
  return { mode, what, counted, limit, base, windowMinutes };
}

interface Phase {
  readonly time: string;
  readonly since: string;
  readonly held?: number;
}

function phaseOf(before: GuardItem | undefined, { tripped, reminder }: GuardItem): Phase | undefined {
  if (tripped !== undefined && before?.tripped?.at !== tripped.at) return { time: tripped.at, since: tripped.at };
  if (reminder === undefined || before?.reminder?.at === reminder.at) return undefined;
  return { time: reminder.at, since: reminder.since, held: reminder.held };
}
