import { describe, expect, it, vi } from 'vitest';
import { onFirstCall } from '../../../../lambda/aws/first-call.ts';

describe('onFirstCall', () => {
  it('makes the handler at the first call and keeps it', () => {
    const create = vi.fn(() => (n: number) => n + 1);
    const handler = onFirstCall(create);
    expect(create).not.toHaveBeenCalled();
    expect([handler(1), handler(2)]).toEqual([2, 3]);
    expect(create).toHaveBeenCalledOnce();
  });

  it('tries again after a failure', () => {
    let isReady = false;
    const handler = onFirstCall(() => {
      if (!isReady) throw new Error('not yet');
      return () => 'made';
    });
    expect(() => handler()).toThrow('not yet');
    isReady = true;
    expect(handler()).toBe('made');
  });
});

describe('importing an entry', () => {
  it.each(['users', 'groups', 'bulk', 'discovery', 'authorizer', 'sweeper'])(
    'reads no environment: %s',
    async (entry) => {
      const { handler }: { handler: unknown } = await import(`../../../../lambda/${entry}.ts`);
      expect(handler).toBeInstanceOf(Function);
    },
  );
});
