import type { JsonObject } from '../scim/json.ts';

/** A resource as a request answers it, before `attributes` and `excludedAttributes` are applied. */
export interface ResourceView {
  /** The whole representation; derived attributes (`groups`, `members`, `manager.displayName`) only if selected. */
  readonly representation: JsonObject;
  readonly version: number;
  readonly location: string;
}

/** What a request did to a resource: exactly one `kind`. */
export interface Done {
  readonly kind: 'created' | 'updated' | 'deactivated' | 'reactivated' | 'deleted' | 'unchanged';
  /** Members taken into the group, and out of it; those that were in or out already are not among them. */
  readonly membersAdded: number;
  readonly membersRemoved: number;
}

/** What a change answers, and what it did. */
export type Written<Answer> = Answer & { readonly done: Done };

/** What a change answers where the client did not ask for the resource. */
export interface ChangeReceipt {
  readonly representation?: undefined;
  /** Unknown after a change of members alone: others may change the group at the same time. */
  readonly version?: number;
  readonly location: string;
}
