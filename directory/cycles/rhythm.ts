import type { Cycle } from './cycle.ts';

/** Fewer requests are no cycle: a test connection takes one or two, a user provisioned on demand a query and a write. */
const MIN_REQUESTS = 3;
/** Pauses that make a rhythm, and those that are looked at. */
const MIN_PAUSES = 5;
const MAX_PAUSES = 20;
const MEDIANS = 3;
/** Entra's cycles are 20 to 40 minutes apart; a gap of this length in business hours is worth a look. */
const MIN_SILENCE_MILLIS = 90 * 60_000;

/** The pauses between an application's last cycles, in milliseconds. */
export interface Rhythm {
  readonly medianMillis: number;
  /** How long a silence is usual; one pause that was longer is forgiven, for it may have been an outage. */
  readonly usualMillis: number;
  /** When the last cycle ended. */
  readonly last: number;
}

/** The rhythm of cycles; undefined where they are too few to have one. @param cycles - Newest first. */
export function learnRhythm(cycles: readonly Cycle[]): Rhythm | undefined {
  const real = cycles.filter(({ requests }) => requests >= MIN_REQUESTS).slice(0, MAX_PAUSES + 1);
  const [newest] = real;
  const pauses = real
    .flatMap(({ start }, n) => {
      const before = real[n + 1];
      return before === undefined ? [] : [start - before.last];
    })
    .toSorted((left, right) => left - right);
  const median = pauses[Math.floor((pauses.length - 1) / 2)];
  if (newest === undefined || median === undefined || pauses.length < MIN_PAUSES) return undefined;
  return { medianMillis: median, usualMillis: pauses.at(-2) ?? median, last: newest.last };
}

/** What is wrong, in words; undefined where the application keeps its rhythm or has none. @param cycles - Newest first. */
export function findSilence(cycles: readonly Cycle[], now: number): string | undefined {
  const rhythm = learnRhythm(cycles);
  if (rhythm === undefined) return undefined;
  const { medianMillis, usualMillis, last } = rhythm;
  if (now - last <= Math.max(MEDIANS * medianMillis, usualMillis, MIN_SILENCE_MILLIS)) return undefined;
  const pause = Math.round(medianMillis / 60_000);
  return `no sync cycle since ${new Date(last).toISOString()}, though they were about ${pause} minutes apart`;
}
