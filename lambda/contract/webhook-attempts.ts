/**
 * How long after a failed attempt to post a webhook the next one comes: soon at first, for a restart of the receiver, then
 * over a day, for somebody to notice. SQS hides a message for twelve hours at most.
 */
export const WEBHOOK_DELAYS_SECONDS = [60, 300, 1_800, 7_200, 18_000, 36_000, 36_000] as const;

/** So often is a webhook sent, before it goes to the dead letters. */
export const WEBHOOK_ATTEMPTS = WEBHOOK_DELAYS_SECONDS.length + 1;
