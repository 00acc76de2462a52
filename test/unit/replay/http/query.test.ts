import { describe, expect, it } from 'vitest';
import { encodeQuery, equalsFilter } from '../../../../replay/http/query.ts';

describe('encodeQuery', () => {
  it('writes blanks either way and quotes as %22', () => {
    const query = { filter: 'userName eq "ada+x@contoso.example"', count: 5 };
    expect(encodeQuery(query, '%20')).toBe('?filter=userName%20eq%20%22ada%2Bx%40contoso.example%22&count=5');
    expect(encodeQuery(query, '+')).toBe('?filter=userName+eq+%22ada%2Bx%40contoso.example%22&count=5');
  });

  it('writes a flag without an equals sign, and nothing for no parameters', () => {
    expect(encodeQuery({ aadOptscim062020: '' }, '%20')).toBe('?aadOptscim062020');
    expect(encodeQuery({}, '+')).toBe('');
  });
});

describe('equalsFilter', () => {
  it('escapes the value as JSON', () => {
    expect(equalsFilter('displayName', 'A "B" \\ C')).toBe('displayName eq "A \\"B\\" \\\\ C"');
  });
});
