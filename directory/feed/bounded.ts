import type { ChangedValue, LogItem } from '../store/log-items.ts';

/** Bytes that the changes of an entry may take: an item may have 400 KB, a message on the event bus 256 KB. */
const MAX_CHANGES_BYTES = 200_000;

/** The entry with the largest values left out until the rest fits; their paths stay. */
export function bounded(entry: LogItem): LogItem {
  const sizes = entry.changes.map(sizeOf);
  let total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= MAX_CHANGES_BYTES) return entry;
  const left = new Set<number>();
  for (const [n, size] of [...sizes.entries()].toSorted(([, one], [, other]) => other - one)) {
    if (total <= MAX_CHANGES_BYTES) break;
    left.add(n);
    total -= size;
  }
  const changes = entry.changes.map((change, n) => (left.has(n) ? { path: change.path } : change));
  return { ...entry, changes, truncated: true };
}

function sizeOf(change: ChangedValue): number {
  return Buffer.byteLength(JSON.stringify(change));
}
