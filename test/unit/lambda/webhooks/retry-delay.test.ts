import { describe, expect, it } from 'vitest';
import { WEBHOOK_ATTEMPTS, WEBHOOK_DELAYS_SECONDS } from '../../../../lambda/contract/webhook-attempts.ts';
import { delayAfter } from '../../../../lambda/webhooks/retry-delay.ts';

describe('the wait before the next attempt', () => {
  it('grows with each, and ends with the last', () => {
    const delays = Array.from({ length: WEBHOOK_ATTEMPTS }, (_, i) => delayAfter(i + 1));
    expect(delays).toEqual([...WEBHOOK_DELAYS_SECONDS, undefined]);
    expect(delays.slice(0, -1)).toEqual([...WEBHOOK_DELAYS_SECONDS].sort((left, right) => left - right));
  });

  it('is what the receiver asks for where that is longer, but never more than SQS can from when it gave the message', () => {
    expect(delayAfter(1, 600)).toBe(600);
    expect(delayAfter(2, 10)).toBe(300);
    for (const asked of [43_200, 999_999]) {
      // The sender's own time, up to a minute, counts.
      expect(delayAfter(1, asked)).toBeLessThan(43_200 - 60);
      expect(delayAfter(1, asked)).toBeGreaterThan(43_000);
    }
    expect(delayAfter(WEBHOOK_ATTEMPTS, 600)).toBeUndefined();
  });
});
