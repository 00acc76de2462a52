import { describe, expect, it } from 'vitest';
import { flatten } from '../../../replay/discovery.ts';

const text = { name: 'x', type: 'string', multiValued: false } as const;

describe('flatten', () => {
  it('names attributes as the gallery test of Schema_Discoverability does', () => {
    const type = { ...text, name: 'type', canonicalValues: ['work', 'home'] };
    const value = { ...text, name: 'value' };
    const names = flatten({
      id: 'urn:ietf:params:scim:schemas:core:2.0:User',
      attributes: [
        { ...text, name: 'title' },
        { name: 'name', type: 'complex', multiValued: false, subAttributes: [{ ...text, name: 'givenName' }] },
        { name: 'emails', type: 'complex', multiValued: true, subAttributes: [type, value] },
        { name: 'roles', type: 'complex', multiValued: true, subAttributes: [{ ...text, name: 'type' }, value] },
      ],
    });
    expect(names).toEqual(
      expect.arrayContaining([
        'title',
        'name.givenName',
        'emails[type eq "work"].value',
        'emails[type eq "home"].value',
        'roles[primary eq "True"].value',
      ]),
    );
  });

  it('puts the URN before the attributes of an extension', () => {
    const id = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
    expect(flatten({ id, attributes: [{ ...text, name: 'badge' }] })).toEqual([`${id}:badge`]);
  });
});
