import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Runtime } from '../http/request.ts';

/** The clock, timer and random sources of the process. */
export const systemRuntime: Runtime = {
  now: Date.now,
  sleep: async (millis) => {
    await setTimeout(millis);
  },
  random: Math.random,
  newId: randomUUID,
};
