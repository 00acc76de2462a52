import { describe, expect, it } from 'vitest';
import { bounded } from '../../../../directory/feed/bounded.ts';
import { newEntry } from '../../../../directory/feed/new-entry.ts';
import type { ChangedValue } from '../../../../directory/store/log-items.ts';

function entryOf(changes: ChangedValue[]) {
  return newEntry('acme', ['one'], { time: 't', application: 'a', requestId: 'r', operation: 'update', changes });
}

describe('bounded', () => {
  it('leaves an entry of usual size as it is', () => {
    const entry = entryOf([{ path: 'title', after: 'x'.repeat(10_000) }]);
    expect(bounded(entry)).toBe(entry);
  });

  it('leaves out the largest values until the rest fits, and says so; every path stays', () => {
    const text = (length: number) => 'é'.repeat(length / 2);
    const { changes, truncated } = bounded(
      entryOf([
        { path: 'photos', before: text(150_000), after: text(150_000) },
        { path: 'title', after: text(90_000) },
        { path: 'nickName', after: text(80_000) },
        { path: 'active', before: true, after: false },
      ]),
    );
    expect(truncated).toBe(true);
    expect(changes.map(({ path, after }) => [path, after === undefined])).toEqual([
      ['photos', true],
      ['title', false],
      ['nickName', false],
      ['active', false],
    ]);
  });
});
