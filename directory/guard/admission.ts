import type { JsonObject } from '../../scim/json.ts';
import type { MemberChange } from '../../scim/patch/types.ts';
import type { NetChanges } from '../member-changes.ts';
import type { ResourceItem } from '../store/items.ts';

/** What a change would make of a resource. */
export interface Intent {
  /** Undefined where they stay as they are. */
  readonly attributes: JsonObject | undefined;
  readonly members: NetChanges;
  /** As the client said it. */
  readonly memberChanges: readonly MemberChange[];
}

/** What may be made of it. */
export interface Admission {
  /** As it is now: it may carry other marks than before. */
  readonly before: ResourceItem;
  readonly attributes: JsonObject | undefined;
  readonly members: NetChanges;
  /** Only of the resource as it is. Default: members may change though others change some, too. */
  readonly isBound?: true;
  /** What is held of it ends with the change of its attributes. */
  readonly settles?: boolean;
}

/** Asked before a resource is deleted, each time that it was read. */
export interface DeletionGate {
  /**
   * @returns `again` where the resource has to be read again.
   * @throws ScimError 503 where the deletion is held back, 400 where it is rejected.
   */
  admitDeletion(before: ResourceItem): Promise<'admitted' | 'again'>;
}

/** The same, and before it is changed. */
export interface Gate extends DeletionGate {
  /**
   * @returns `again` where the resource has to be read again.
   * @throws ScimError 503 where the change is held back, 400 where it is rejected.
   */
  admitChange(before: ResourceItem, intent: Intent): Promise<Admission | 'again'>;
}
