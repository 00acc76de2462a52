import { describe, expect, it } from 'vitest';
import type { JsonDraft } from '../../../../replay/json.ts';
import { ENTERPRISE_USER, parseTarget, readTarget, writeTarget } from '../../../../replay/mapping/target.ts';

const paths = [
  'title',
  'name.givenName',
  'emails[type eq "work"].value',
  'addresses[type eq "work"].locality',
  `${ENTERPRISE_USER}:department`,
];

describe('parseTarget', () => {
  it.each(['', 'a.b.c', 'emails[type eq work].value', 'emails[type eq "work"]'])('refuses %j', (path) => {
    expect(() => parseTarget(path)).toThrow('is neither a name, a value path nor a URN');
  });
});

describe('writeTarget and readTarget', () => {
  it('read what was written, side by side', () => {
    const draft: JsonDraft = {};
    for (const path of paths) writeTarget(draft, parseTarget(path), `value of ${path}`);
    for (const path of paths) expect(readTarget(draft, parseTarget(path))).toBe(`value of ${path}`);
  });

  it('build one entry for each type', () => {
    const draft: JsonDraft = {};
    for (const path of ['addresses[type eq "work"].locality', 'addresses[type eq "work"].country']) {
      writeTarget(draft, parseTarget(path), 'x');
    }
    writeTarget(draft, parseTarget('addresses[type eq "home"].country'), 'y');
    expect(draft).toEqual({
      addresses: [
        { type: 'work', locality: 'x', country: 'x' },
        { type: 'home', country: 'y' },
      ],
    });
  });
});

describe('readTarget', () => {
  it('takes null, an empty text and absence for unassigned', () => {
    for (const resource of [{}, { title: null }, { title: '' }]) {
      expect(readTarget(resource, parseTarget('title'))).toBeUndefined();
    }
  });

  it('finds attributes whatever their case (RFC 7643 §2.1)', () => {
    expect(readTarget({ Name: { GIVENNAME: 'Ada' } }, parseTarget('name.givenName'))).toBe('Ada');
  });
});
