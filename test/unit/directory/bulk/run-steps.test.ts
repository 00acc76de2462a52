import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runSteps, type StepOutcome } from '../../../../directory/bulk/run-steps.ts';

/** Runs steps that take a turn each, and writes down when each began and ended. */
async function run(
  after: readonly (readonly number[])[],
  options: {
    readonly width?: number;
    readonly outcomeOf?: (place: number, open: readonly number[]) => StepOutcome;
  } = {},
): Promise<readonly string[]> {
  const events: string[] = [];
  const { width = 8, outcomeOf = () => 'ended' } = options;
  await runSteps({
    after,
    width: () => width,
    run: async (place, open) => {
      events.push(`begin ${place}`);
      await nextTurn();
      const outcome = outcomeOf(place, open);
      events.push(`${outcome === 'ended' ? 'end' : 'yield'} ${place}`);
      return outcome;
    },
  });
  return events;
}

describe('runSteps', () => {
  it('runs none where there is none', async () => {
    expect(await run([])).toEqual([]);
  });

  it('has no more under way than the width, first come first served', async () => {
    expect(await run([[], [], []], { width: 2 })).toEqual(['begin 0', 'begin 1', 'end 0', 'begin 2', 'end 1', 'end 2']);
  });

  it('has one under way where the width is none', async () => {
    expect(await run([[], []], { width: 0 })).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1']);
  });

  it('begins a step once those it waits for have ended, and others meanwhile', async () => {
    const events = await run([[], [0], [], [1, 2]]);
    expect(events.indexOf('begin 1')).toBeGreaterThan(events.indexOf('end 0'));
    expect(events.indexOf('begin 2')).toBeLessThan(events.indexOf('end 0'));
    expect(events.indexOf('begin 3')).toBeGreaterThan(events.indexOf('end 1'));
  });

  it('runs a step again that yields, after those it yields to, and lets go of its place meanwhile', async () => {
    const events = await run([[], [0], []], {
      width: 2,
      outcomeOf: (place, open) => (place === 2 && open.includes(1) ? { againAfter: open } : 'ended'),
    });
    expect(events).toEqual([
      ...['begin 0', 'begin 2', 'end 0', 'begin 1', 'yield 2', 'end 1'],
      ...['begin 2', 'end 2'],
    ]);
  });
});
