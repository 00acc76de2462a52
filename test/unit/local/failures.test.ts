import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../local/failures.ts';

const failure = (code: string, more: object = {}) => Object.assign(new Error('system text'), { code, ...more });

describe('explainFailure', () => {
  it.each([
    [failure('EADDRINUSE', { port: 8080 }), /8080 is taken/],
    [failure('EACCES', { port: 80 }), /80 may not be opened/],
    [failure('EACCES'), /system text/],
    [failure('EADDRNOTAVAIL', { address: '192.0.2.1' }), /192\.0\.2\.1 is no address of this machine/],
    [failure('ECONNREFUSED'), /--dynamodb/],
    [new Error('the reason'), /cannot run: the reason/],
    ['a text', /cannot run: a text/],
  ])('says in one line what to do about %s', (error, expected) => {
    expect(explainFailure(error)).toMatch(expected);
    expect(explainFailure(error)).not.toContain('\n');
  });
});
