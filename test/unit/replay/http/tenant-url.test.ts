import { describe, expect, it } from 'vitest';
import { parseTenantUrl } from '../../../../replay/http/tenant-url.ts';

describe('parseTenantUrl', () => {
  it('drops trailing slashes and blanks, and keeps the flag as a query', () => {
    expect(parseTenantUrl(' https://x.example/scim/v2/ ')).toEqual({ base: 'https://x.example/scim/v2', query: {} });
    expect(parseTenantUrl('https://x.example/scim/v2?aadOptscim062020')).toEqual({
      base: 'https://x.example/scim/v2',
      query: { aadOptscim062020: '' },
    });
  });

  it.each(['', 'x.example/scim', 'ftp://x.example', 'http://'])('refuses %j and shows what is expected', (text) => {
    expect(() => parseTenantUrl(text)).toThrow('expected one such as https://');
  });

  it('refuses credentials in the URL', () => {
    expect(() => parseTenantUrl('https://me:pw@x.example/')).toThrow('--token-file');
  });
});
