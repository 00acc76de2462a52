import { isSameJson, type JsonValue } from '../../scim/json.ts';
import { comparePolicies, type PolicyDifference } from '../access/compare-policies.ts';
import { parsePolicy } from '../access/parse-policy.ts';
import { EMPTY_POLICY, type Policy, toPolicy } from '../access/policy.ts';
import { roleJobAction } from '../access/role-jobs.ts';
import { ACTORS } from '../context.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { policyKey } from '../store/tenant-keys.ts';
import type { TenantRecords } from '../tenant-records.ts';
import { auditAction } from './audit.ts';
import { checkAction } from './change.ts';
import { changedMeanwhile, OperationRefusedError, type OperatorContext } from './operation.ts';
import { beingDeleted, getTenantRecords } from './tenants.ts';

/** A tenant's policy, as an operator sees it. */
export interface PolicyRecord {
  /** Counts its changes; 0 of a tenant that has had none. */
  readonly version: number;
  readonly changedAt: string | undefined;
  readonly policy: Policy;
}

/** @throws {@link OperationRefusedError} `not_found` */
export async function getPolicy(context: Pick<OperatorContext, 'table'>, tenant: string): Promise<PolicyRecord> {
  return toRecord(await getTenantRecords(context, tenant));
}

function toRecord({ policy }: TenantRecords): PolicyRecord {
  if (policy === undefined) return { version: 0, changedAt: undefined, policy: EMPTY_POLICY };
  return { version: policy.version, changedAt: policy.changedAt, policy: toPolicy(policy.document) };
}

/** What shall be a tenant's policy. */
export interface PolicyChange {
  readonly document: JsonValue;
  /** The version that it was made from; undefined: whichever there is. */
  readonly version: number | undefined;
}

/**
 * Puts a policy in the place of the one before. Access roles and sign-ins go by it at once, for they read it when they are
 * asked. One that says the same changes nothing, the version included.
 *
 * @throws {@link OperationRefusedError} `invalid` with every fault of the document; `conflict` where there is another
 * version by now; `not_found`
 */
export async function setPolicy(
  context: OperatorContext,
  tenant: string,
  { document, version }: PolicyChange,
): Promise<PolicyRecord & { readonly differences: readonly PolicyDifference[] }> {
  const policy = requirePolicy(document);
  const records = await getTenantRecords(context, tenant);
  if (records.item.state === 'deleting') throw beingDeleted(tenant);
  const before = toRecord(records);
  if (version !== undefined && version !== before.version) {
    throw new OperationRefusedError(
      'conflict',
      `the policy of ${tenant} is at version ${before.version}, and the change was made from ${version}: look, then try again`,
    );
  }
  if (isSameJson(before.policy, policy)) return { ...before, differences: [] };
  const after = { version: before.version + 1, changedAt: context.now().toISOString(), policy };
  try {
    await context.table.write([
      {
        kind: 'put',
        item: {
          ...policyKey(tenant),
          format: FORMAT,
          version: after.version,
          changedAt: after.changedAt,
          document: policy,
        },
        conditions: [before.version === 0 ? { kind: 'notExists' } : { kind: 'versionIs', version: before.version }],
      },
      ...(isSameAccess(before.policy, policy) ? [] : [announceEverybody(context, tenant)]),
      // A tenant that is being deleted meanwhile gets none.
      checkAction(records.item),
      auditAction(context, { action: 'policy.set', tenant, before: before.policy, after: policy }),
    ]);
  } catch (error) {
    if (error instanceof WriteRefusedError) throw changedMeanwhile(`the tenant ${tenant}`);
    throw error;
  }
  return { ...after, differences: comparePolicies(before.policy, policy) };
}

/** Whether everybody has the same access role by the one as by the other. */
function isSameAccess(before: Policy, after: Policy): boolean {
  const access = ({ roles, defaultRole, mappings }: Policy) => ({ roles, defaultRole, mappings });
  return isSameJson(access(before), access(after));
}

function announceEverybody(context: OperatorContext, tenant: string): Action {
  const since = context.now().toISOString();
  const by = { application: ACTORS.operator, requestId: context.requestId };
  return roleJobAction({ tenant, scope: 'users', id: context.newId(), since, by });
}

/** @throws {@link OperationRefusedError} `invalid` that names every fault, one to a line */
export function requirePolicy(document: JsonValue): Policy {
  const { policy, faults } = parsePolicy(document);
  if (policy !== undefined) return policy;
  const lines = ['this cannot be a policy:', ...faults.map((fault) => `- ${fault}`)];
  throw new OperationRefusedError('invalid', lines.join('\n'));
}
