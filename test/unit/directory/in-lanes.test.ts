import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inLanes } from '../../../directory/in-lanes.ts';

describe('inLanes', () => {
  it('keeps the order, and no more under way than there are lanes', async () => {
    let underWay = 0;
    let most = 0;
    const results = await inLanes([5, 1, 4, 2, 3, 0], 2, async (turns) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      underWay -= 1;
      return turns * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30, 0], 2]);
  });

  it('does nothing for nothing, and fails with the first that fails', async () => {
    expect(await inLanes([], 4, async () => 1)).toEqual([]);
    const failing = inLanes([1, 2, 3], 2, async (n) => {
      if (n === 2) throw new Error('two');
      return n;
    });
    await expect(failing).rejects.toThrow('two');
  });
});
