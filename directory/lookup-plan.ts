import type { AttributePath, CompareOperator, Filter } from '../scim/filter/ast.ts';
import { findSubAttribute, type ResolvedAttribute, type ResourceSchema } from '../scim/schema/resource-schema.ts';
import { normaliseText } from '../scim/text.ts';
import { kindOfLookup, type LookupAttributes } from './lookup-attributes.ts';
import { toKeyValue } from './store/keys.ts';
import { rangeFrom, rangeOfPrefix, rangeTo, type ValueRange } from './store/value-range.ts';

type Comparison = Extract<Filter, { kind: 'compare' }>;

/** One read that finds every resource with a certain value; what it finds is a hint, to be evaluated again. */
export type Lookup =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'claim' | 'index'; readonly attribute: string; readonly value: string }
  /** Values that begin so, or lie on one side. */
  | {
      readonly kind: 'prefix' | 'range';
      readonly of: 'claim' | 'index';
      readonly attribute: string;
      readonly range: ValueRange;
    }
  /** The groups that have the member; of users, the members of the group. */
  | { readonly kind: 'membership'; readonly id: string };

const COST: Readonly<Record<Lookup['kind'], number>> = {
  id: 1,
  claim: 2,
  index: 3,
  membership: 10,
  prefix: 20,
  range: 50,
};

/**
 * The lookups that together find every resource for which the filter can hold; undefined where no index serves it.
 *
 * Of the operands of an `and` the cheapest decides; of an `or` each must have lookups of its own; a `not` has none.
 */
export function planLookups(
  filter: Filter,
  schema: ResourceSchema,
  lookups: LookupAttributes,
): readonly Lookup[] | undefined {
  switch (filter.kind) {
    case 'and':
      return cheapest(filter.operands.map((operand) => planLookups(operand, schema, lookups)));
    case 'or':
      return union(filter.operands.map((operand) => planLookups(operand, schema, lookups)));
    case 'valuePath': {
      const resolved = schema.resolveLenient(filter.path);
      return resolved === undefined ? undefined : planValueFilter(filter.filter, resolved, lookups);
    }
    case 'compare': {
      const resolved = schema.resolveLenient(filter.path);
      return resolved === undefined ? undefined : lookupOf(valuePathOf(resolved), filter, lookups);
    }
    case 'not':
    case 'present':
      return undefined;
  }
}

/** The inner filter of a value path, whose paths are sub-attributes of that attribute. */
function planValueFilter(
  filter: Filter,
  attribute: ResolvedAttribute,
  lookups: LookupAttributes,
): readonly Lookup[] | undefined {
  switch (filter.kind) {
    case 'and':
      return cheapest(filter.operands.map((operand) => planValueFilter(operand, attribute, lookups)));
    case 'or':
      return union(filter.operands.map((operand) => planValueFilter(operand, attribute, lookups)));
    case 'compare': {
      const resolved = subAttributeOf(attribute, filter.path);
      return resolved === undefined ? undefined : lookupOf(resolved, filter, lookups);
    }
    case 'valuePath':
    case 'not':
    case 'present':
      return undefined;
  }
}

function subAttributeOf(parent: ResolvedAttribute, path: AttributePath): ResolvedAttribute | undefined {
  const subAttribute = findSubAttribute(parent.attribute, path.name);
  if (subAttribute === undefined) return undefined;
  return { ...parent, subAttribute, canonical: `${parent.canonical}.${subAttribute.name}` };
}

/** A complex attribute without sub-attribute stands for its `value`. */
export function valuePathOf(resolved: ResolvedAttribute): ResolvedAttribute {
  if (resolved.subAttribute !== undefined) return resolved;
  return subAttributeOf(resolved, { name: 'value' }) ?? resolved;
}

function lookupOf(
  { canonical, attribute, subAttribute }: ResolvedAttribute,
  { operator, value }: Comparison,
  lookups: LookupAttributes,
): readonly Lookup[] | undefined {
  if (typeof value !== 'string') return undefined;
  if (operator === 'eq' && canonical === 'id') return [{ kind: 'id', id: value }];
  if (operator === 'eq' && attribute.keptApart && subAttribute?.name === 'value') {
    return [{ kind: 'membership', id: value }];
  }
  const kind = kindOfLookup(lookups, canonical);
  const { type, caseExact } = subAttribute ?? attribute;
  // An empty value is in no index.
  if (kind === undefined || value === '') return undefined;
  if (operator === 'eq') return [{ kind, attribute: canonical, value: toKeyValue(value, caseExact, canonical) }];
  // What is compared otherwise than as text has another order than its keys.
  if (type !== 'string' && type !== 'reference') return undefined;
  const range = rangeOf(operator, normaliseText(value, caseExact));
  if (range === undefined) return undefined;
  return [{ kind: operator === 'sw' ? 'prefix' : 'range', of: kind, attribute: canonical, range }];
}

function rangeOf(operator: CompareOperator, bound: string): ValueRange | undefined {
  switch (operator) {
    case 'sw':
      return rangeOfPrefix(bound);
    case 'gt':
    case 'ge':
      return rangeFrom(bound);
    case 'lt':
    case 'le':
      return rangeTo(bound);
    case 'eq':
    case 'ne':
    case 'co':
    case 'ew':
      return undefined;
  }
}

function cheapest(plans: readonly (readonly Lookup[] | undefined)[]): readonly Lookup[] | undefined {
  const costOf = (plan: readonly Lookup[]) => plan.reduce((sum, { kind }) => sum + COST[kind], 0);
  return plans
    .filter((plan) => plan !== undefined)
    .sort((left, right) => costOf(left) - costOf(right))
    .at(0);
}

function union(plans: readonly (readonly Lookup[] | undefined)[]): readonly Lookup[] | undefined {
  return plans.every((plan) => plan !== undefined) ? plans.flat() : undefined;
}
