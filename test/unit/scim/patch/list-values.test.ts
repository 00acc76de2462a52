import { describe, expect, it } from 'vitest';
import { addValues } from '../../../../scim/patch/list-values.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';

describe('addValues', () => {
  it('tells values apart by the sub-attributes of the schema, so that none are told apart where it lists none', () => {
    const bare = defineAttribute('things', 'Said to be complex, and no more.', { type: 'complex', multiValued: true });
    expect(addValues(bare, [{ a: 1 }], [{ a: 2 }])).toEqual([{ a: 1 }]);
  });
});
