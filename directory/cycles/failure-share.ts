import type { Cycle } from './cycle.ts';

/**
 * When failures are on the way to Entra's quarantine, which puts a job there from 5,000 failures on if more than 40 %
 * failed, or with 40,000 failures whatever the share (docs/runbook.md, "failures"). Half of the share is early enough to
 * act before the next cycles add up to it; an incident ends only well below that, so that one is not named twice.
 */
const WARNING = { share: 0.2, failures: 20 } as const;
const RELIEF = { share: 0.1, failures: 10 } as const;
/** A quarter of the number that needs no share. */
const MANY_FAILURES = 10_000;
const DAY_MILLIS = 86_400_000;

/** What failed, of how many objects, and why. */
interface Failed {
  readonly failed: number;
  readonly objects: number;
  readonly kinds: Readonly<Record<string, number>>;
}

/**
 * What is wrong, in words; undefined where nothing is. The last cycle decides, so that a mapping that broke is seen at
 * once, and so does the last day, over which failures that come a few at a time add up.
 *
 * @param cycles - Newest first. @param isOpen - Whether the incident is open already.
 */
export function findFailureShare(cycles: readonly Cycle[], now: number, isOpen: boolean): string | undefined {
  const day = sumOf(cycles.filter(({ last }) => last >= now - DAY_MILLIS));
  const latest = sumOf(cycles.slice(0, 1));
  const limit = isOpen ? RELIEF : WARNING;
  if (exceeds(latest, limit)) return describe(latest, 'in the last cycle');
  if (exceeds(day, limit) || day.failed >= MANY_FAILURES) return describe(day, 'within 24 hours');
  return undefined;
}

function exceeds({ failed, objects }: Failed, limit: { readonly share: number; readonly failures: number }): boolean {
  return failed >= limit.failures && failed >= limit.share * objects;
}

function sumOf(cycles: readonly Cycle[]): Failed {
  const kinds: Record<string, number> = {};
  let [failed, objects] = [0, 0];
  for (const cycle of cycles) {
    failed += cycle.failed;
    objects += objectsOf(cycle);
    for (const [kind, count] of Object.entries(cycle.failures)) kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return { failed, objects, kinds };
}

/**
 * How many objects a cycle was about. Entra's share is of objects, and most take a look-up and a write: by requests, a
 * cycle in which every object fails would have a share of no more than half.
 */
function objectsOf({ requests, failed, ...done }: Cycle): number {
  const written = done.creates + done.updates + done.deactivations + done.reactivations + done.deletes + done.unchanged;
  return Math.max(written + failed, Math.ceil(requests / 2));
}

function describe({ failed, objects, kinds }: Failed, when: string): string {
  const [kind, count] = Object.entries(kinds).reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0]);
  const percent = Math.round((100 * failed) / Math.max(1, objects));
  return `${failed} of about ${objects} objects (${percent} %) failed ${when}, ${count} of them with ${kind}`;
}
