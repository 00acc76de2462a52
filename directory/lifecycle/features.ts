import { ScimError } from '../../scim/errors.ts';
import { isSameJson, type JsonObject } from '../../scim/json.ts';
import { withMember } from '../../scim/patch/stored-attributes.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext, ProvisioningFeatures } from '../context.ts';

type Source = Pick<DirectoryContext, 'tenant' | 'application'>;

/** What each switch is for, in the words of a refusal. */
const purposes: Readonly<Record<keyof ProvisioningFeatures, string>> = {
  create: 'no user is created',
  update: 'no user is changed',
  deactivate: 'no user is deactivated',
  delete: 'no user is deleted',
  groups: 'groups are not provisioned',
};

/**
 * Holds an application to what it may do.
 *
 * Never 401, 403 or 404: for one of these an identity provider takes the whole connection, or what the object is, for
 * broken (Entra quarantines the job).
 *
 * @throws ScimError 400 that names the switch, where it is off.
 */
export function assertFeature({ tenant, application }: Source, feature: keyof ProvisioningFeatures): void {
  if (tenant.applications.get(application)?.features[feature] !== false) return;
  throw new ScimError(
    400,
    `The provisioning feature "${feature}" is switched off for the application ${application}: ${purposes[feature]}. ` +
      'Leave it out of the mapping, or ask the service provider to switch it on',
  );
}

/** The switches are about users; that for groups is about all that is done with them, and is asked first. */
export function assertServes(source: Source, type: ResourceTypeName): void {
  if (type === 'Group') assertFeature(source, 'groups');
}

/** Whether the application is shown resources of the type at all. */
export function serves({ tenant, application }: Source, type: ResourceTypeName): boolean {
  return type !== 'Group' || tenant.applications.get(application)?.features.groups !== false;
}

/**
 * The switches that a change of a user's attributes needs: one that changes nothing needs none, and to activate again is
 * an update.
 *
 * @throws as {@link assertFeature}
 */
export function assertMayChange(source: Source, before: JsonObject, after: JsonObject): void {
  const [wasActive, isActive] = [before['active'] !== false, after['active'] !== false];
  const isDeactivation = wasActive && !isActive;
  const ignored = (attributes: JsonObject) => withMember(attributes, 'active', undefined);
  const isUpdate = isDeactivation ? !isSameJson(ignored(before), ignored(after)) : !isSameJson(before, after);
  if (isDeactivation) assertFeature(source, 'deactivate');
  if (isUpdate) assertFeature(source, 'update');
}
