import type { JsonObject } from '../scim/json.ts';

/** A resource as a request answers it, before `attributes` and `excludedAttributes` are applied. */
export interface ResourceView {
  /** The whole representation; derived attributes (`groups`, `members`, `manager.displayName`) only if selected. */
  readonly representation: JsonObject;
  readonly version: number;
  readonly location: string;
}

/** What a change answers where the client did not ask for the resource. */
export interface ChangeReceipt {
  readonly representation?: undefined;
  /** Unknown after a change of members alone: others may change the group at the same time. */
  readonly version?: number;
  readonly location: string;
}
