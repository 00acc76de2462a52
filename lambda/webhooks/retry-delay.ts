import { WEBHOOK_DELAYS_SECONDS } from '../contract/webhook-attempts.ts';

/** SQS hides a message for twelve hours, and counts from when it gave it: what the sender has taken since is gone of them. */
const MAX_DELAY_SECONDS = 43_200 - 120;

/**
 * How long to wait for the next attempt.
 *
 * @param attempts - How many there have been.
 * @param retryAfterSeconds - What the receiver asked for, if it did.
 * @returns Undefined where there is to be no other.
 */
export function delayAfter(attempts: number, retryAfterSeconds = 0): number | undefined {
  const delay = WEBHOOK_DELAYS_SECONDS[attempts - 1];
  return delay === undefined ? undefined : Math.min(MAX_DELAY_SECONDS, Math.max(delay, retryAfterSeconds));
}
