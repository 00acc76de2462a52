import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../directory/store/item-table.ts';
import { InvalidRequestError } from '../../../../directory/store/table-errors.ts';
import { WriteTokens } from '../../../../directory/store/write-tokens.ts';

const actions: Action[] = [{ kind: 'delete', key: { pk: 'p', sk: 's' } }];
const others: Action[] = [{ kind: 'delete', key: { pk: 'p', sk: 't' } }];

describe('WriteTokens', () => {
  it('knows a token for ten minutes', () => {
    let now = 0;
    const tokens = new WriteTokens(() => now);
    expect(tokens.has('a', actions)).toBe(false);
    tokens.add('a', actions);
    now = 10 * 60 * 1000 - 1;
    expect(tokens.has('a', actions)).toBe(true);
    now += 1;
    expect(tokens.has('a', actions)).toBe(false);
  });

  it('refuses other actions, until the token is old', () => {
    let now = 0;
    const tokens = new WriteTokens(() => now);
    tokens.add('a', actions);
    expect(() => tokens.has('a', others)).toThrow(InvalidRequestError);
    now = 10 * 60 * 1000;
    expect(tokens.has('a', others)).toBe(false);
  });

  it('forgets the oldest first when they become too many', () => {
    const tokens = new WriteTokens(() => 0);
    for (let i = 0; i <= 100_000; i += 1) tokens.add(String(i), []);
    expect(tokens.has('0', [])).toBe(false);
    expect(tokens.has('1', [])).toBe(true);
    expect(tokens.has('100000', [])).toBe(true);
  });
});
