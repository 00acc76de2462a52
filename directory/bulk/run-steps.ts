/** What a step has come to: it has ended, or is to be run again once these others have. */
export type StepOutcome = 'ended' | { readonly againAfter: readonly number[] };

export interface StepRunner {
  /** For each step the places of those that must have ended, all of them before it. */
  readonly after: readonly (readonly number[])[];
  /** How many may be under way now; at least one always is. */
  readonly width: () => number;
  /** @param open - Places of the steps before this one that have not ended yet. Must not throw. */
  readonly run: (place: number, open: readonly number[]) => Promise<StepOutcome>;
}

/**
 * Runs steps, each once those it waits for have ended, and of those that could begin the first one first. Nothing waits
 * for what comes after it, so that there is always one that can begin.
 */
export async function runSteps({ after, width, run }: StepRunner): Promise<void> {
  const ended = new Set<number>();
  const awaited = [...after];
  const underWay = new Map<number, Promise<void>>();
  let waiting = [...after.keys()];
  const begin = async (place: number): Promise<void> => {
    const outcome = await run(place, openBefore(place, ended));
    underWay.delete(place);
    if (outcome === 'ended') {
      ended.add(place);
    } else {
      awaited[place] = outcome.againAfter;
      waiting = [...waiting, place].sort((left, right) => left - right);
    }
  };
  while (ended.size < after.length) {
    for (const place of waiting) {
      if (underWay.size >= Math.max(1, width())) break;
      if (!(awaited[place] ?? []).every((before) => ended.has(before))) continue;
      waiting = waiting.filter((other) => other !== place);
      underWay.set(place, begin(place));
    }
    await Promise.race(underWay.values());
  }
}

function openBefore(place: number, ended: ReadonlySet<number>): readonly number[] {
  const open: number[] = [];
  for (let before = 0; before < place; before += 1) if (!ended.has(before)) open.push(before);
  return open;
}
