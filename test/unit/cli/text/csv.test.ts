import { describe, expect, it } from 'vitest';
import { toCsvLine } from '../../../../cli/text/csv.ts';

describe('a line of CSV', () => {
  it('ends as RFC 4180 §2 has it, and quotes what needs it', () => {
    expect(toCsvLine(['a', 1, undefined, ''])).toBe('a,1,,\r\n');
    expect(toCsvLine(['a,b', 'say "hi"', 'two\nlines'])).toBe('"a,b","say ""hi""","two\nlines"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@operator', '\tx', '\rx'])('shows %j as text, and runs nothing', (value) => {
    expect(toCsvLine([value])).toMatch(/^"?'/);
  });

  it('leaves numbers and harmless texts as they are', () => {
    expect(toCsvLine([-1, 'a=1', 'ada@example.com', '2026-01-01T00:00:00.000Z'])).toBe(
      '-1,a=1,ada@example.com,2026-01-01T00:00:00.000Z\r\n',
    );
  });
});
