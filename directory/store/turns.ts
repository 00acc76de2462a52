import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long calls may keep the event loop to themselves, in milliseconds. */
const LONGEST_STRETCH = 20;

/**
 * Shares the event loop: calls that are done at once, one after the other, would let nobody else's request on until the
 * last of them, and a deletion may be thousands.
 */
export class Turns {
  #since = performance.now();

  /** Lets the others go on, if they have waited for a while. */
  async give(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_STRETCH) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
