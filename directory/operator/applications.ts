import { isSameJson, type JsonObject } from '../../scim/json.ts';
import type { ProvisioningFeatures } from '../context.ts';
import { parseItem, parseOptionalItem } from '../store/items.ts';
import { isName } from '../store/keys.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type ApplicationItem, ApplicationItemSchema, type StoredCredential } from '../store/tenant-items.ts';
import {
  applicationKey,
  applicationRange,
  nameOfApplicationKey,
  tenantKey,
  tenantPartition,
} from '../store/tenant-keys.ts';
import { newApplicationAction } from '../tenants.ts';
import { auditAction } from './audit.ts';
import { writeChange } from './change.ts';
import { noSuchApplication, OperationRefusedError, type OperatorContext } from './operation.ts';
import { getTenant } from './tenants.ts';

/** An application as an operator sees it. */
export interface ApplicationRecord {
  readonly name: string;
  readonly item: ApplicationItem;
}

/** @throws {@link OperationRefusedError} `not_found` where there is no such tenant */
export async function listApplications(
  context: Pick<OperatorContext, 'table'>,
  tenant: string,
): Promise<readonly ApplicationRecord[]> {
  await getTenant(context, tenant);
  const items = await queryAll(context.table, { pk: tenantPartition(tenant), ...applicationRange() });
  return items.map((item) => ({ name: nameOfApplicationKey(item.sk), item: parseItem(ApplicationItemSchema, item) }));
}

/** @throws {@link OperationRefusedError} `not_found` */
export async function getApplication(
  context: Pick<OperatorContext, 'table'>,
  tenant: string,
  application: string,
): Promise<ApplicationItem> {
  await getTenant(context, tenant);
  const item = isName(application) ? await context.table.get(applicationKey(tenant, application)) : undefined;
  const parsed = parseOptionalItem(ApplicationItemSchema, item);
  if (parsed === undefined) throw noSuchApplication(tenant, application);
  return parsed;
}

/** Makes an application, without a token. @throws {@link OperationRefusedError} `not_found`; `conflict` */
export async function addApplication(
  context: OperatorContext,
  tenant: string,
  application: string,
): Promise<ApplicationItem> {
  const { state } = await getTenant(context, tenant);
  if (state === 'deleting') throw new OperationRefusedError('conflict', `the tenant ${tenant} is being deleted`);
  try {
    await context.table.write([
      newApplicationAction(tenant, application, context.now()),
      { kind: 'check', key: tenantKey(tenant), conditions: [{ kind: 'exists' }] },
      auditAction(context, { action: 'applications.create', tenant, application }),
    ]);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    throw new OperationRefusedError('conflict', `the tenant ${tenant} has an application ${application} already`);
  }
  return await getApplication(context, tenant, application);
}

/** Tells the watcher to say nothing about an application, or to speak again. */
export async function muteApplication(
  context: OperatorContext,
  tenant: string,
  application: string,
  muted: boolean,
): Promise<ApplicationItem> {
  const item = await getApplication(context, tenant, application);
  if (item.muted !== muted) {
    const audit = { action: 'applications.mute', tenant, application, before: { muted: item.muted }, after: { muted } };
    await writeChange(context, `the application ${application}`, { item, set: { muted } }, audit);
  }
  return await getApplication(context, tenant, application);
}

/** What of an application's settings is changed; what is undefined stays. */
export interface ApplicationChange {
  readonly features: { readonly [Name in keyof ProvisioningFeatures]?: boolean | undefined };
  readonly immutableExternalId?: boolean | undefined;
}

/** Sets what an application may do, and what its externalIds prove; requests go by it within 30 s. */
export async function configureApplication(
  context: OperatorContext,
  tenant: string,
  application: string,
  { features, immutableExternalId }: ApplicationChange,
): Promise<ApplicationItem> {
  const item = await getApplication(context, tenant, application);
  const before = { features: item.features, immutableExternalId: item.immutableExternalId };
  const switches = Object.entries(features).filter(([, isOn]) => isOn !== undefined);
  const after = {
    features: { ...item.features, ...Object.fromEntries(switches) },
    immutableExternalId: immutableExternalId ?? item.immutableExternalId,
  };
  if (!isSameJson(before, after)) {
    const audit = { action: 'applications.configure', tenant, application, before, after };
    await writeChange(context, `the application ${application}`, { item, set: after }, audit);
  }
  return await getApplication(context, tenant, application);
}

/** What is known of an application's tokens. */
export interface Credentials {
  readonly token: StoredCredential | undefined;
  readonly previousToken: StoredCredential | undefined;
}

/** Writes which tokens an application has now, under the version that was read, and ends the change (`token-lock.ts`). */
export async function recordCredentials(
  context: OperatorContext,
  { action, tenant, application }: { readonly action: string; readonly tenant: string; readonly application: string },
  item: ApplicationItem,
  after: Credentials,
): Promise<void> {
  const audit = { action, tenant, application, before: toAuditable(item), after: toAuditable(after) };
  const set = toAuditable(after);
  const remove = ['changingUntil', 'token', 'previousToken'].filter((name) => !Object.hasOwn(set, name));
  await writeChange(context, `the application ${application}`, { item, set, remove }, audit);
}

type OptionalCredentials = { readonly [K in keyof Credentials]?: StoredCredential | undefined };

function toAuditable({ token, previousToken }: OptionalCredentials): Readonly<Record<string, JsonObject>> {
  return {
    ...(token === undefined ? {} : { token: toJson(token) }),
    ...(previousToken === undefined ? {} : { previousToken: toJson(previousToken) }),
  };
}

/** Without the members that are undefined. */
function toJson(credential: StoredCredential): JsonObject {
  return Object.fromEntries(
    Object.entries(credential).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
