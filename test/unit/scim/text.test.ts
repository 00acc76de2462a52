import { describe, expect, it } from 'vitest';
import { compareByCodePoint, hasLoneSurrogate, normaliseText, quoteExcerpt } from '../../../scim/text.ts';

describe('normaliseText', () => {
  const fold = (value: string) => normaliseText(value, false);

  it('leaves the case alone where case is exact', () => {
    expect(normaliseText('Jo É', true)).toBe('Jo É');
  });

  it('composes what is written with combining marks, in either mode', () => {
    expect(normaliseText('Jose\u0301', true)).toBe('José');
    expect(fold('JOSE\u0301')).toBe('josé');
  });

  it.each([
    ['Jo@Example.COM', 'jo@example.com'],
    ['ẞ', 'ss'],
    ['STRASSE', 'straße'],
    ['ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς'],
    ['ς', 'σ'],
    ['İ', 'i\u0307'],
    ['ﬁ', 'FI'],
    ['\u212A', 'k'], // the Kelvin sign
    ['Ꭰ', 'ꭰ'],
  ])('takes %j and %j for the same text where case is not exact', (left, right) => {
    expect(fold(left)).toBe(fold(right));
  });

  it('does not let a final sigma hide a prefix', () => {
    expect(fold('ΟΔΟΣ ΑΘΗΝΩΝ').startsWith(fold('ΟΔΟΣ'))).toBe(true);
  });

  it('keeps the dotless i apart from i: a look-alike must not find another user', () => {
    expect(fold('mıke')).not.toBe(fold('mike'));
    expect(fold('MIKE')).toBe('mike');
  });

  it('takes every single character to a form that it keeps', () => {
    // beyond U+1FFFF there is no case
    for (let code = 0; code <= 0x1ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const folded = fold(String.fromCodePoint(code));
      if (fold(folded) !== folded) expect.fail(`U+${code.toString(16)} changes when it is normalised again`);
    }
  });
});

describe('compareByCodePoint', () => {
  it('puts what lies beyond U+FFFF behind everything else', () => {
    expect(compareByCodePoint('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
    expect(compareByCodePoint('\uFFFD', '\u{1F600}')).toBeLessThan(0);
    expect(compareByCodePoint('\u{1F600}', '\u{1F601}')).toBeLessThan(0);
  });

  it('puts a prefix first, and equal texts nowhere', () => {
    expect(compareByCodePoint('ab', 'abc')).toBeLessThan(0);
    expect(compareByCodePoint('abc', 'ab')).toBeGreaterThan(0);
    expect(compareByCodePoint('ab', 'ab')).toBe(0);
    expect(compareByCodePoint('Z', 'a')).toBeLessThan(0);
  });
});

describe('hasLoneSurrogate', () => {
  it('tells half a pair from a whole one', () => {
    expect(hasLoneSurrogate('a\uD83Db')).toBe(true);
    expect(hasLoneSurrogate('a\u{1F600}b')).toBe(false);
  });
});

describe('quoteExcerpt', () => {
  it('repeats no more than 40 characters', () => {
    expect(quoteExcerpt('x'.repeat(1000))).toBe(`"${'x'.repeat(39)}…"`);
    expect(quoteExcerpt('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
  });

  it('escapes what could forge a line or a header, and mends broken text', () => {
    expect(quoteExcerpt('a\r\nb')).toBe('"a\\r\\nb"');
    expect(quoteExcerpt('\uD800')).toBe('"\uFFFD"');
  });
});
