import type {
  ApplicationSettings,
  DirectoryContext,
  ProvisioningFeatures,
  TenantSettings,
} from '../../directory/context.ts';
import { deleteResource } from '../../directory/delete-resource.ts';
import { getResource } from '../../directory/get-resource.ts';
import { type Performed, performWrite, type ResourceWrite } from '../../directory/perform-write.ts';
import type { JsonObject } from '../../scim/json.ts';
import { everything } from './directory.ts';

/** The same tenant with other settings, as the next request finds it. */
export function withSettings(context: DirectoryContext, settings: Partial<TenantSettings>): DirectoryContext {
  const { tenant } = context;
  return { ...context, tenant: { ...tenant, settings: { ...tenant.settings, ...settings } } };
}

const allOn: ProvisioningFeatures = { create: true, update: true, deactivate: true, delete: true, groups: true };

/** The same with another setting of the application that asks. */
export function withApplication(
  context: DirectoryContext,
  {
    features = {},
    ...more
  }: { readonly features?: Partial<ProvisioningFeatures> } & Partial<Omit<ApplicationSettings, 'features'>>,
): DirectoryContext {
  const settings = { immutableExternalId: false, ...more, features: { ...allOn, ...features } };
  const applications = new Map([...context.tenant.applications, [context.application, settings]]);
  return { ...context, tenant: { ...context.tenant, applications } };
}

/** A write as a client asks for it. */
export async function write(context: DirectoryContext, request: ResourceWrite): Promise<Performed> {
  return await performWrite(context, request, everything[request.type]);
}

/** POST of a user. */
export async function post(context: DirectoryContext, body: JsonObject): Promise<Performed> {
  return await write(context, { method: 'POST', type: 'User', body });
}

export async function removeUser(context: DirectoryContext, id: string): Promise<void> {
  await deleteResource(context, 'User', id, { ifMatch: undefined });
}

/** A user as GET shows it. */
export async function readUser(context: DirectoryContext, id: string): Promise<JsonObject> {
  return (await getResource(context, 'User', id, everything.User)).representation;
}

/** The ids of the groups that GET shows of a user. */
export async function groupsOf(context: DirectoryContext, id: string): Promise<readonly unknown[]> {
  const { groups = [] } = await readUser(context, id);
  return (groups as readonly JsonObject[]).map(({ value }) => value);
}

/** The same directory so many days later. */
export function daysLater(context: DirectoryContext, days: number): DirectoryContext {
  return { ...context, now: () => new Date(Date.now() + days * 86_400_000) };
}
