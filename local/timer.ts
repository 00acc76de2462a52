import type { Context } from 'aws-lambda';
import { systemRuntime } from '../lambda/aws/runtime.ts';

export interface Timer {
  /** Ends once a call that is under way has. */
  stop(): Promise<void>;
}

/** What a schedule calls in AWS. */
type ScheduledEntry = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<unknown>;

/** Calls an entry at once, for what a former run left, and then again and again, as its schedule does in AWS. */
export function startTimer(
  entry: ScheduledEntry,
  { periodMillis, limitMillis }: { readonly periodMillis: number; readonly limitMillis: number },
): Timer {
  let isStopped = false;
  let current: Promise<void> = Promise.resolve();
  const run = (): void => {
    const endsAt = systemRuntime.now() + limitMillis;
    const getRemainingTimeInMillis = () => (isStopped ? 0 : endsAt - systemRuntime.now());
    // One after another; a failure is in the log already.
    current = current.then(() => entry(undefined, { getRemainingTimeInMillis })).then(ignore, ignore);
  };
  run();
  const timer = setInterval(run, periodMillis);
  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await current;
    },
  };
}

function ignore(): void {}
