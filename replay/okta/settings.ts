/** How an Okta application is set up. */
export interface OktaSettings {
  /** `put`: every update is a PUT (custom apps). `patch`: activation, password and groups are PATCHed (catalogue apps). */
  readonly flavour: 'put' | 'patch';
  /** Whether passwords are synchronised. */
  readonly passwords: boolean;
}
