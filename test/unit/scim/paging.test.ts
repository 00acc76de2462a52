import { describe, expect, it } from 'vitest';
import { parsePaging } from '../../../scim/paging.ts';

describe('parsePaging', () => {
  it('asks for the first full page unless told otherwise', () => {
    expect(parsePaging({}, 100)).toEqual({ startIndex: 1, count: 100 });
  });

  it('reads both parameters', () => {
    expect(parsePaging({ startIndex: '11', count: '5' }, 100)).toEqual({ startIndex: 11, count: 5 });
  });

  // RFC 7644 §3.4.2.4, table 6
  it.each(['0', '-1', '-99999999999999999999'])('takes the startIndex %s for 1', (startIndex) => {
    expect(parsePaging({ startIndex }, 100).startIndex).toBe(1);
  });

  it.each(['0', '-0', '-3'])('takes the count %s for 0', (count) => {
    expect(parsePaging({ count }, 100).count).toBe(0);
  });

  it.each(['101', '99999999999999999999'])('cuts the count %s to the maximum', (count) => {
    expect(parsePaging({ count }, 100).count).toBe(100);
  });

  it('keeps a startIndex beyond all lists an integer', () => {
    expect(parsePaging({ startIndex: '9'.repeat(400) }, 100).startIndex).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(['', 'x', '1.5', '1e3', ' 1', '0x10', 'NaN', '--1', '١'])('refuses the startIndex %j', (startIndex) => {
    expect(() => parsePaging({ startIndex }, 100)).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidValue',
        message: expect.stringContaining('startIndex'),
      }),
    );
  });

  it('names the parameter that it refuses, and not all of a long value', () => {
    expect(() => parsePaging({ count: 'a'.repeat(10_000) }, 100)).toThrow(/^count is "a{32}"; it must be an integer/);
  });
});
