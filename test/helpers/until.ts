import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MILLIS = 500;

/** Waits until something holds. @throws Error that names it when it does not within the time. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(POLL_MILLIS);
  }
}
