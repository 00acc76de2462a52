import type { ReplaySize } from '../helpers/replays.ts';

/** What is synced into the deployed API. */
export const REPLAY: ReplaySize = { users: 200, groups: 5, cycles: 1 };

/** Enough to send every kind of request. */
export const SMALL_REPLAY: ReplaySize = { users: 40, groups: 5, cycles: 1 };
