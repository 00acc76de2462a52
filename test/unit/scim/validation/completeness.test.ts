import { describe, expect, it } from 'vitest';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ResourceSchema } from '../../../../scim/schema/resource-schema.ts';
import { groupResourceType } from '../../../../scim/schema/resource-types.ts';
import { assertComplete } from '../../../../scim/validation/completeness.ts';

describe('assertComplete', () => {
  it('asks nothing of a complex value whose schema lists no sub-attributes', () => {
    const { schema } = groupResourceType;
    const attributes = [...schema.attributes, defineAttribute('thing', 'Complex, and no more.', { type: 'complex' })];
    const loose = new ResourceSchema({ ...groupResourceType, schema: { ...schema, attributes } });
    expect(() => assertComplete(loose, { displayName: 'G', thing: { a: 1 } })).not.toThrow();
    expect(() => assertComplete(loose, { thing: { a: 1 } })).toThrow('displayName is required');
  });
});
