import { afterAll, beforeAll, it } from 'vitest';
import { expectPassed } from '../helpers/expect-replay.ts';
import { type LocalRun, startLocalRun } from '../helpers/local-run.ts';
import { REPLAY_SIZE, type ReplaySize, type ReplayVariant, runReplay } from '../helpers/replays.ts';

/**
 * Defines one test a variant of the replay, all against one local run with a tenant for each: what one customer's
 * identity provider leaves behind must not matter to the next.
 *
 * @param tableArgs - The options of `npm start` that choose the table.
 */
export function describeReplays(
  variants: readonly ReplayVariant[],
  tableArgs: () => readonly string[],
  size: ReplaySize = REPLAY_SIZE,
): void {
  let run: LocalRun;

  beforeAll(async () => {
    run = await startLocalRun({ tenants: variants.map((_, index) => `replay-${index}`), args: tableArgs() });
  });

  afterAll(async () => {
    await run.stop();
  });

  const cases = variants.map((variant, index) => ({ ...variant, index, name: variant.args.join(' ') }));

  it.each(cases)('answers $name without an error, and ends in the state that was sent', async (variant) => {
    const tenant = run.tenants[variant.index];
    if (tenant === undefined) throw new Error('there are fewer tenants than variants');
    const { args, hasGroups, size: own = size } = variant;
    expectPassed(await runReplay(tenant, ['--keep', ...args], own), own, hasGroups);
  });
}
