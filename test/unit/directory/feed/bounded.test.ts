import { describe, expect, it } from 'vitest';
import { bounded } from '../../../../directory/feed/bounded.ts';
import { newEntry } from '../../../../directory/feed/new-entry.ts';
import type { ChangedValue, Names } from '../../../../directory/store/log-items.ts';

function entryOf(changes: ChangedValue[], names: Names = {}) {
  const facts = { time: 't', application: 'a', requestId: 'r', operation: 'update' } as const;
  return newEntry('acme', ['one'], { ...facts, names, changes });
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

  it('counts what the resource is called, which stays', () => {
    const name = 'x'.repeat(130_000);
    const entry = bounded(
      entryOf(
        [
          { path: 'externalId', after: name },
          { path: 'title', after: 'Countess' },
        ],
        { externalId: name },
      ),
    );
    expect(entry).toMatchObject({ names: { externalId: name }, truncated: true });
    expect(entry.changes).toEqual([{ path: 'externalId' }, { path: 'title', after: 'Countess' }]);
  });
});
