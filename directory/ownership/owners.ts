import { auditAction } from '../operator/audit.ts';
import { OperationRefusedError, type OperatorContext } from '../operator/operation.ts';
import { ownersKey } from '../store/access-keys.ts';
import type { Action, ItemTable } from '../store/item-table.ts';
import { FORMAT, parseOptionalItem, type ResourceItem } from '../store/items.ts';
import { type OwnersItem, OwnersItemSchema } from '../store/ownership-items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { findActiveUser, holdOwner } from './owner.ts';

/** Users of a company who may hold the office at once. */
export const MAX_COMPANY_OWNERS = 20;

/** Who holds the offices of a tenant, by user id. */
export interface Owners {
  /** Counts the changes; 0 of a tenant that has named nobody. */
  readonly version: number;
  readonly subscriptionOwner: string | undefined;
  readonly companyOwners: readonly string[];
}

export async function readOwners(table: ItemTable, tenant: string): Promise<Owners> {
  return toOwners(parseOptionalItem(OwnersItemSchema, await table.get(ownersKey(tenant))));
}

function toOwners(item: OwnersItem | undefined): Owners {
  if (item === undefined) return { version: 0, subscriptionOwner: undefined, companyOwners: [] };
  const { version, subscriptionOwner, companyOwners } = item;
  return { version, subscriptionOwner, companyOwners };
}

/** Puts the offices under the version that they were read at. */
export function ownersAction(tenant: string, before: number, after: Omit<Owners, 'version'>): Action {
  const { subscriptionOwner, companyOwners } = after;
  return {
    kind: 'put',
    item: {
      ...ownersKey(tenant),
      format: FORMAT,
      version: before + 1,
      ...(subscriptionOwner === undefined ? {} : { subscriptionOwner }),
      companyOwners: [...companyOwners],
    },
    conditions: [before === 0 ? { kind: 'notExists' } : { kind: 'versionIs', version: before }],
  };
}

/** What shall change; what is not mentioned stays. */
export interface OwnersChange {
  /** Null: nobody. */
  readonly subscriptionOwner?: string | null | undefined;
  readonly companyOwners?: readonly string[] | undefined;
}

/**
 * Names who holds the offices. Whoever did before keeps what was registered as theirs.
 *
 * @param by - Who asks, as it stands on the users who hold an office for the first time.
 * @throws {@link OperationRefusedError} `invalid` where somebody named is no active user, or there would be no company owner
 */
export async function setOwners(
  context: OperatorContext,
  { tenant, by }: { readonly tenant: string; readonly by: ResourceItem['by'] },
  change: OwnersChange,
): Promise<Owners> {
  for (;;) {
    const before = await readOwners(context.table, tenant);
    const after = merge(before, change);
    if (isSame(before, after)) return before;
    const users = await readUsers(context.table, tenant, after);
    try {
      await context.table.write([
        ownersAction(tenant, before.version, after),
        ...users.map((user) => holdOwner(user, by, context.now()).action),
        auditAction(context, { action: 'owners.set', tenant, before: toAudited(before), after: toAudited(after) }),
      ]);
      return { ...after, version: before.version + 1 };
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
}

function merge(before: Owners, { subscriptionOwner, companyOwners }: OwnersChange): Omit<Owners, 'version'> {
  const company = [...new Set(companyOwners ?? before.companyOwners)];
  if (company.length === 0) {
    throw new OperationRefusedError(
      'invalid',
      'companyOwners: name at least one user, who inherits what nobody else does',
    );
  }
  if (company.length > MAX_COMPANY_OWNERS) {
    throw new OperationRefusedError('invalid', `companyOwners: at most ${MAX_COMPANY_OWNERS} are possible`);
  }
  return {
    subscriptionOwner: subscriptionOwner === undefined ? before.subscriptionOwner : (subscriptionOwner ?? undefined),
    companyOwners: company,
  };
}

function isSame(before: Owners, after: Omit<Owners, 'version'>): boolean {
  return JSON.stringify(toAudited(before)) === JSON.stringify(toAudited(after));
}

function toAudited({ subscriptionOwner, companyOwners }: Omit<Owners, 'version'>) {
  return { subscriptionOwner: subscriptionOwner ?? null, companyOwners: [...companyOwners] };
}

async function readUsers(
  table: ItemTable,
  tenant: string,
  { subscriptionOwner, companyOwners }: Omit<Owners, 'version'>,
): Promise<readonly ResourceItem[]> {
  const ids = [...new Set([...(subscriptionOwner === undefined ? [] : [subscriptionOwner]), ...companyOwners])];
  const users = await Promise.all(ids.map((id) => findActiveUser(table, tenant, id)));
  const missing = ids.filter((_, n) => users[n] === undefined).map((id) => JSON.stringify(id.slice(0, 64)));
  if (missing.length > 0) {
    throw new OperationRefusedError('invalid', `${missing.join(', ')}: no active user of ${tenant} has that id`);
  }
  return users.filter((user) => user !== undefined);
}
