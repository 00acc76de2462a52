import type { ChangedValue, LogItem, Names } from '../store/log-items.ts';

/** Bytes that names and changes of an entry may take: an item may have 400 KB, a message on the event bus 256 KB. */
const MAX_BYTES = 200_000;

/** The entry with the largest values left out until the rest fits; their paths stay, and what the resource is called. */
export function bounded(entry: LogItem): LogItem {
  const sizes = entry.changes.map(sizeOf);
  let total = sizes.reduce((sum, size) => sum + size, sizeOf(entry.names));
  if (total <= MAX_BYTES) return entry;
  const left = new Set<number>();
  for (const [n, size] of [...sizes.entries()].toSorted(([, one], [, other]) => other - one)) {
    if (total <= MAX_BYTES) break;
    left.add(n);
    total -= size;
  }
  const changes = entry.changes.map((change, n) => (left.has(n) ? { path: change.path } : change));
  return left.size === 0 ? entry : { ...entry, changes, truncated: true };
}

function sizeOf(part: ChangedValue | Names): number {
  return Buffer.byteLength(JSON.stringify(part));
}
