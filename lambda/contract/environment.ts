import * as z from 'zod';

/** The Tenant URL of a deployment without a domain of its own; see {@link ScimEnvironmentSchema}. */
export const DEFAULT_TENANT_URL_TEMPLATE = 'https://{api}/{stage}/{tenant}/scim/v2';

/** Environment of the entries that answer SCIM requests. */
export const ScimEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
  /**
   * How a Tenant URL reads: `{tenant}`, and where the deployment has no domain of its own `{api}` and `{stage}`, are
   * replaced. Every `location` begins with it.
   */
  TENANT_URL_TEMPLATE: z
    .string()
    .regex(/^https?:\/\/[^?#\s]+[^?#\s/]$/, 'an http(s) URL with neither query nor trailing slash')
    .default(DEFAULT_TENANT_URL_TEMPLATE),
});

/** Environment of the authorizer. */
export const AuthorizerEnvironmentSchema = z.object({
  /** What the names of the token secrets begin with; `<tenant>/<application>` follows. */
  TOKEN_SECRET_PREFIX: z.string().min(1),
});

/** Environment of the sweeper. */
export const SweeperEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
});

/** What each entry `lambda/<entry>.ts` must find in its environment. */
export interface EntryEnvironments {
  readonly users: z.input<typeof ScimEnvironmentSchema>;
  readonly groups: z.input<typeof ScimEnvironmentSchema>;
  readonly discovery: z.input<typeof ScimEnvironmentSchema>;
  readonly authorizer: z.input<typeof AuthorizerEnvironmentSchema>;
  readonly sweeper: z.input<typeof SweeperEnvironmentSchema>;
}

export type EntryName = keyof EntryEnvironments;
