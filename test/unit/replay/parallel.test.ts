import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forEachParallel, Gate } from '../../../replay/parallel.ts';

describe('forEachParallel', () => {
  it('works on every item, never on more than its width at once', async () => {
    let underWay = 0;
    let most = 0;
    const done: number[] = [];
    await forEachParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('begins nothing after a failure, finishes what is under way, and throws the failure', async () => {
    const done: number[] = [];
    const work = async (item: number): Promise<void> => {
      if (item === 1) throw new Error('first');
      await nextTurn();
      done.push(item);
    };
    await expect(forEachParallel([1, 2, 3, 4], 2, work)).rejects.toThrow('first');
    expect(done).toEqual([2]);
  });
});

describe('Gate', () => {
  it('lets only so many through at once, and the next after a failure', async () => {
    const gate = new Gate(2);
    let underWay = 0;
    let most = 0;
    const pass = (fails: boolean): Promise<void> =>
      gate.through(async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await nextTurn();
        underWay -= 1;
        if (fails) throw new Error('no');
      });
    const results = await Promise.allSettled([true, false, true, false, false].map(pass));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(most).toBe(2);
  });
});
