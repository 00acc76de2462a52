import { toAttributePath } from '../../scim/filter/attribute-path.ts';
import type { ResolvedAttribute } from '../../scim/schema/resource-schema.ts';
import type { AttributeDefinition, ResourceTypeName } from '../../scim/schema/types.ts';
import { lookupAttributes } from '../lookup-attributes.ts';
import { valuePathOf } from '../lookup-plan.ts';
import { MAX_ADDED_INDEXES } from '../lookup-values.ts';
import type { AttributeIndexItem } from '../store/tenant-items.ts';
import { type TenantRecords, toTenant } from '../tenant-records.ts';
import { OperationRefusedError } from './operation.ts';

/** An attribute of a type of resource, as an operator names it. */
export interface NamedAttribute {
  readonly type: ResourceTypeName;
  /** Such as `title` or `urn:…:User:costCode`; in any case, without the URN where that is clear. */
  readonly path: string;
}

/** The index that is meant, if it is there in any phase. */
export function findIndex(
  tenant: string,
  records: TenantRecords,
  { type, path }: NamedAttribute,
): AttributeIndexItem | undefined {
  const canonical = resolve(tenant, records, { type, path })?.canonical ?? path;
  return records.indexes.find(
    (index) => index.type === type && index.attribute.toLowerCase() === canonical.toLowerCase(),
  );
}

/**
 * The canonical path of an attribute that can be indexed.
 *
 * @throws {@link OperationRefusedError} `invalid` with all that stands against it; `conflict` where there are as many
 * indexes as there may be
 */
export function toIndexableAttribute(tenant: string, records: TenantRecords, named: NamedAttribute): string {
  const { type, path } = named;
  const resolved = resolve(tenant, records, named);
  if (resolved === undefined) {
    throw new OperationRefusedError('invalid', `${JSON.stringify(path.slice(0, 300))} is no attribute of a ${type}`);
  }
  const { canonical } = resolved;
  const faults = findFaults(resolved);
  if (faults.length > 0)
    throw new OperationRefusedError('invalid', `${canonical} cannot be indexed: ${faults.join('; ')}`);
  const { schemas, settings } = toTenant(tenant, records);
  const { claimed, indexed } = lookupAttributes(schemas[type], settings);
  if ([...claimed, ...indexed].some((attribute) => attribute.canonical === canonical)) {
    throw new OperationRefusedError('invalid', `${canonical} needs no index: every tenant has it indexed`);
  }
  const others = records.indexes.filter((index) => index.type === type);
  if (others.length >= MAX_ADDED_INDEXES) {
    const names = others.map(({ attribute }) => attribute).join(', ');
    throw new OperationRefusedError(
      'conflict',
      `at most ${MAX_ADDED_INDEXES} indexes of a ${type} are possible, and there are: ${names}`,
    );
  }
  return canonical;
}

/** A complex attribute stands for its `value`, as in filters. */
function resolve(
  tenant: string,
  records: TenantRecords,
  { type, path }: NamedAttribute,
): ResolvedAttribute | undefined {
  const parsed = toAttributePath(path);
  const resolved = parsed && toTenant(tenant, records).schemas[type].resolveLenient(parsed);
  return resolved && valuePathOf(resolved);
}

function findFaults({ attribute, subAttribute }: ResolvedAttribute): readonly string[] {
  const parts: readonly AttributeDefinition[] = subAttribute === undefined ? [attribute] : [attribute, subAttribute];
  const { type } = subAttribute ?? attribute;
  const has = (test: (part: AttributeDefinition) => boolean) => parts.some(test);
  const isKept = !has(
    ({ mutability, keptApart }) => mutability === 'readOnly' || mutability === 'writeOnly' || keptApart === true,
  );
  return [
    ...(isKept ? [] : ['it is not stored with the resource']),
    ...(type === 'string' || type === 'reference' ? [] : [`it is of type ${type}; expected string or reference`]),
    ...(has(({ multiValued }) => multiValued) ? ['it may have several values; expected one'] : []),
    ...(has(({ returned }) => returned === 'never') ? ['it is never returned, so nobody may filter by it'] : []),
  ];
}
