/**
 * What the work makes of each value, in their order, of which no more are under way at once than there are lanes.
 *
 * @param work - Called once for each; the first that throws ends it.
 */
export async function inLanes<T, R>(
  values: readonly T[],
  lanes: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const waiting = values.entries();
  const run = async (): Promise<void> => {
    for (const [n, value] of waiting) results.set(n, await work(value));
  };
  await Promise.all(Array.from({ length: Math.min(lanes, values.length) }, run));
  return [...results].toSorted(([left], [right]) => left - right).map(([, result]) => result);
}
