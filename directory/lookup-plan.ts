import type { AttributePath, Filter } from '../scim/filter/ast.ts';
import { findSubAttribute, type ResolvedAttribute, type ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { TenantSettings } from './context.ts';
import { lookupAttributes } from './lookup-values.ts';
import { toKeyValue } from './store/keys.ts';

/** One read that finds every resource with a certain value; what it finds is a hint, to be evaluated again. */
export type Lookup =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'claim' | 'index'; readonly attribute: string; readonly value: string }
  /** The groups that have the member; of users, the members of the group. */
  | { readonly kind: 'membership'; readonly id: string };

const COST: Readonly<Record<Lookup['kind'], number>> = { id: 1, claim: 2, index: 3, membership: 10 };

/**
 * The lookups that together find every resource for which the filter can hold; undefined where no index serves it.
 *
 * Of the operands of an `and` the cheapest decides; of an `or` each must have lookups of its own; a `not` has none.
 */
export function planLookups(
  filter: Filter,
  schema: ResourceSchema,
  settings: TenantSettings,
): readonly Lookup[] | undefined {
  switch (filter.kind) {
    case 'and':
      return cheapest(filter.operands.map((operand) => planLookups(operand, schema, settings)));
    case 'or':
      return union(filter.operands.map((operand) => planLookups(operand, schema, settings)));
    case 'valuePath': {
      const resolved = schema.resolveLenient(filter.path);
      return resolved === undefined ? undefined : planValueFilter(filter.filter, resolved, schema, settings);
    }
    case 'compare': {
      const resolved = schema.resolveLenient(filter.path);
      if (resolved === undefined || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined;
      return lookupOf(valuePathOf(resolved), filter.value, schema, settings);
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
  schema: ResourceSchema,
  settings: TenantSettings,
): readonly Lookup[] | undefined {
  switch (filter.kind) {
    case 'and':
      return cheapest(filter.operands.map((operand) => planValueFilter(operand, attribute, schema, settings)));
    case 'or':
      return union(filter.operands.map((operand) => planValueFilter(operand, attribute, schema, settings)));
    case 'compare': {
      const resolved = subAttributeOf(attribute, filter.path);
      if (resolved === undefined || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined;
      return lookupOf(resolved, filter.value, schema, settings);
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
  value: string,
  schema: ResourceSchema,
  settings: TenantSettings,
): readonly Lookup[] | undefined {
  if (canonical === 'id') return [{ kind: 'id', id: value }];
  if (attribute.keptApart && subAttribute?.name === 'value') return [{ kind: 'membership', id: value }];
  const { claimed, indexed } = lookupAttributes(schema.type.name, settings);
  const kind = claimed.includes(canonical) ? 'claim' : indexed.includes(canonical) ? 'index' : undefined;
  // An empty value is in no index.
  if (kind === undefined || value === '') return undefined;
  return [{ kind, attribute: canonical, value: toKeyValue(value, (subAttribute ?? attribute).caseExact, canonical) }];
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
