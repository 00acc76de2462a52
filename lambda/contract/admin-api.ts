import * as z from 'zod';
import { accessRoutes } from './access-routes.ts';
import {
  ApplicationSchema,
  AttributeIndexSchema,
  AuditRecordSchema,
  CycleSchema,
  ExportLineSchema,
  FindingSchema,
  IndexProgressSchema,
  IssuedTokenSchema,
  NameSchema,
  RegisteredSchemaSchema,
  RepresentationSchema,
  ResourceTypeSchema,
  SettingsChangeSchema,
  TenantSchema,
  TenantStatusSchema,
  TokenStatusSchema,
  UnhealthySchema,
} from './admin-messages.ts';
import type { AdminRoute } from './admin-route.ts';
import { eventRoutes } from './event-routes.ts';
import { guardRoutes } from './guard-routes.ts';
import { lifecycleRoutes } from './lifecycle-routes.ts';
import { logRoutes } from './log-routes.ts';

const MAX_DAYS = 3_650;
/** After four weeks of failures Entra switches a job off. */
const MAX_PAUSE_MINUTES = 40_320;

const days = z.number().int().min(1).max(MAX_DAYS);
const expiresInDays = days.default(365);
const confirm = z.strictObject({ confirm: z.string() });
const after = z.string().max(2_048).optional();
const moment = z.iso.datetime({ offset: true }).or(z.iso.date()).optional();
/** An attribute's path, such as `title` or `urn:…:User:costCode`. */
const attributePath = z.string().min(1).max(300);
const list = z.strictObject({
  filter: z.string().optional(),
  startIndex: z.string().optional(),
  count: z.string().optional(),
});

/**
 * The routes of the admin API, from which API Gateway, the three managed policies, the command line and the local run
 * are made. In an IAM policy a `*` matches slashes as well: that is why every GET is an observer's, and every other
 * route ends in a word of its own or has a method of its own.
 */
export const adminRoutes = {
  listTenants: {
    method: 'GET',
    path: 'tenants',
    access: 'observer',
    query: z.strictObject({ after }),
    response: z.object({ tenants: z.array(TenantStatusSchema), next: z.string().optional() }),
  },
  createTenant: {
    method: 'POST',
    path: 'tenants',
    access: 'operator',
    request: z.strictObject({ name: NameSchema, settings: SettingsChangeSchema.default({}) }),
    response: TenantSchema,
  },
  showTenant: { method: 'GET', path: 'tenants/{tenant}', access: 'observer', response: TenantSchema },
  changeTenant: {
    method: 'PATCH',
    path: 'tenants/{tenant}',
    access: 'operator',
    request: z.strictObject({ settings: SettingsChangeSchema }),
    response: TenantSchema,
  },
  pauseTenant: {
    method: 'POST',
    path: 'tenants/{tenant}/pause',
    access: 'operator',
    request: z.strictObject({ minutes: z.number().int().min(1).max(MAX_PAUSE_MINUTES).default(60) }),
    /** `advice`: how long an identity provider bears it. */
    response: TenantStatusSchema.extend({ advice: z.array(z.string()) }),
  },
  resumeTenant: { method: 'POST', path: 'tenants/{tenant}/resume', access: 'operator', response: TenantStatusSchema },
  suspendTenant: {
    method: 'POST',
    path: 'tenants/{tenant}/suspend',
    access: 'administrator',
    /** The tenant's name once more. */
    request: confirm,
    response: TenantStatusSchema,
  },
  /** A job: each call works for up to 20 s. The client calls again, after `retryAfterSeconds`, until `done`. */
  deleteTenant: {
    method: 'DELETE',
    path: 'tenants/{tenant}',
    access: 'administrator',
    request: confirm,
    response: z.object({ done: z.boolean(), deleted: z.number(), retryAfterSeconds: z.number().optional() }),
  },
  exportTenant: {
    method: 'GET',
    path: 'tenants/{tenant}/export',
    access: 'observer',
    query: z.strictObject({ after }),
    response: z.object({ lines: z.array(ExportLineSchema), next: z.string().optional() }),
  },
  /** A page of the work; the client calls again with `next` as `after` until there is none. */
  checkTenant: {
    method: 'POST',
    path: 'tenants/{tenant}/check',
    access: 'operator',
    request: z.strictObject({ repair: z.boolean().default(false), after }),
    response: z.object({ checked: z.number(), findings: z.array(FindingSchema), next: z.string().optional() }),
  },
  /** `suspect`: users whose externalId is no GUID, as Entra's objectId is; `examples` are ids of theirs. */
  checkExternalIds: {
    method: 'GET',
    path: 'tenants/{tenant}/external-ids',
    access: 'observer',
    query: z.strictObject({ after }),
    response: z.object({
      users: z.number(),
      suspect: z.number(),
      examples: z.array(z.string()),
      next: z.string().optional(),
    }),
  },
  listSchemas: {
    method: 'GET',
    path: 'tenants/{tenant}/schemas',
    access: 'observer',
    response: z.object({ schemas: z.array(RegisteredSchemaSchema), indexes: z.array(AttributeIndexSchema) }),
  },
  /** `schema`: the document, in the form of RFC 7643 §7. */
  showSchema: {
    method: 'GET',
    path: 'tenants/{tenant}/schemas/{id}',
    access: 'observer',
    response: RegisteredSchemaSchema.extend({ schema: RepresentationSchema }),
  },
  /** Also a new document for a registered schema, which may add attributes. Of a new one `resourceTypes` is `["User"]`. */
  addSchema: {
    method: 'POST',
    path: 'tenants/{tenant}/schemas',
    access: 'operator',
    request: z.strictObject({ document: z.json(), resourceTypes: z.array(ResourceTypeSchema).min(1).optional() }),
    response: RegisteredSchemaSchema,
  },
  removeSchema: {
    method: 'POST',
    path: 'tenants/{tenant}/schemas/{id}/remove',
    access: 'administrator',
    request: confirm,
    response: RegisteredSchemaSchema,
  },
  /** A job: each call works for up to 15 s. The client calls again, after `retryAfterSeconds`, until `done`. */
  buildIndex: {
    method: 'POST',
    path: 'tenants/{tenant}/indexes',
    access: 'operator',
    request: z.strictObject({ resourceType: ResourceTypeSchema, attribute: attributePath }),
    response: IndexProgressSchema,
  },
  /** As `buildIndex`. */
  dropIndex: {
    method: 'POST',
    path: 'tenants/{tenant}/indexes/drop',
    access: 'administrator',
    request: z.strictObject({ resourceType: ResourceTypeSchema, attribute: attributePath }),
    response: IndexProgressSchema,
  },
  listApplications: {
    method: 'GET',
    path: 'tenants/{tenant}/applications',
    access: 'observer',
    response: z.object({ applications: z.array(ApplicationSchema) }),
  },
  createApplication: {
    method: 'POST',
    path: 'tenants/{tenant}/applications',
    access: 'operator',
    request: z.strictObject({ name: NameSchema }),
    response: ApplicationSchema,
  },
  muteApplication: {
    method: 'POST',
    path: 'tenants/{tenant}/applications/{application}/mute',
    access: 'operator',
    request: z.strictObject({ muted: z.boolean() }),
    response: ApplicationSchema,
  },
  showToken: {
    method: 'GET',
    path: 'tenants/{tenant}/applications/{application}/token',
    access: 'observer',
    response: TokenStatusSchema,
  },
  issueToken: {
    method: 'POST',
    path: 'tenants/{tenant}/applications/{application}/token',
    access: 'operator',
    request: z.strictObject({ expiresInDays }),
    response: IssuedTokenSchema,
  },
  rotateToken: {
    method: 'POST',
    path: 'tenants/{tenant}/applications/{application}/token/rotate',
    access: 'operator',
    request: z.strictObject({ overlapDays: z.number().int().min(0).max(MAX_DAYS).default(30), expiresInDays }),
    response: IssuedTokenSchema,
  },
  /** Revoking the current token while the one before is still accepted brings that one back. */
  revokeToken: {
    method: 'POST',
    path: 'tenants/{tenant}/applications/{application}/token/revoke',
    access: 'operator',
    request: z.strictObject({ which: z.enum(['current', 'previous', 'all']) }),
    response: TokenStatusSchema,
  },
  listUsers: {
    method: 'GET',
    path: 'tenants/{tenant}/users',
    access: 'observer',
    query: list,
    response: RepresentationSchema,
  },
  showUser: {
    method: 'GET',
    path: 'tenants/{tenant}/users/{id}',
    access: 'observer',
    response: RepresentationSchema,
  },
  listGroups: {
    method: 'GET',
    path: 'tenants/{tenant}/groups',
    access: 'observer',
    query: list,
    response: RepresentationSchema,
  },
  showGroup: {
    method: 'GET',
    path: 'tenants/{tenant}/groups/{id}',
    access: 'observer',
    response: RepresentationSchema,
  },
  /** Newest first; `from` is the start of the oldest. */
  listCycles: {
    method: 'GET',
    path: 'tenants/{tenant}/cycles',
    access: 'observer',
    query: z.strictObject({ application: NameSchema.optional(), from: moment }),
    response: z.object({ cycles: z.array(CycleSchema) }),
  },
  /** What the watcher last found, of all tenants. */
  listUnhealthy: {
    method: 'GET',
    path: 'cycles',
    access: 'observer',
    query: z.strictObject({ unhealthy: z.literal('true') }),
    response: z.object({ unhealthy: z.array(UnhealthySchema) }),
  },
  /** Newest first. `actor` is part of the principal's ARN. */
  listAudit: {
    method: 'GET',
    path: 'audit',
    access: 'observer',
    query: z.strictObject({
      from: moment,
      to: moment,
      actor: z.string().optional(),
      tenant: NameSchema.optional(),
      after,
    }),
    response: z.object({ records: z.array(AuditRecordSchema), next: z.string().optional() }),
  },
  ...lifecycleRoutes,
  ...logRoutes,
  ...eventRoutes,
  ...accessRoutes,
  ...guardRoutes,
} as const satisfies Readonly<Record<string, AdminRoute>>;

export type AdminOperation = keyof typeof adminRoutes;

/** What a client sends as body; `undefined` where the route takes none. */
export type AdminRequest<O extends AdminOperation> = (typeof adminRoutes)[O] extends { readonly request: infer S }
  ? z.input<S & z.ZodType>
  : undefined;

/** What an answer of 200 or 201 holds. */
export type AdminResponse<O extends AdminOperation> = z.output<(typeof adminRoutes)[O]['response']>;
