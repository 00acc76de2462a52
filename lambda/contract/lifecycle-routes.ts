import * as z from 'zod';
import { ApplicationSchema, FeaturesSchema } from './admin-messages.ts';
import type { AdminRoute } from './admin-route.ts';
import { DeletedUserSchema, DueSchema } from './lifecycle-messages.ts';

const after = z.string().max(2_048).optional();
const nothing = z.strictObject({});

/**
 * What operators do with people: delete, restore, purge; and what applications may do. Part of `adminRoutes` in
 * `admin-api.ts`.
 */
export const lifecycleRoutes = {
  deleteUser: {
    method: 'POST',
    path: 'tenants/{tenant}/users/{id}/delete',
    access: 'operator',
    request: nothing,
    response: z.object({ id: z.string() }),
  },
  /** Once more does no harm: it goes on with what is not done. */
  restoreUser: {
    method: 'POST',
    path: 'tenants/{tenant}/users/{id}/restore',
    access: 'operator',
    request: nothing,
    /** `groups` and `skipped`: ids of those that this call restored, and of former ones that are gone. */
    response: z.object({
      id: z.string(),
      done: z.boolean(),
      groups: z.array(z.string()),
      skipped: z.array(z.string()),
    }),
  },
  /** A job: each call works for up to 20 s. The client calls again until `done`. */
  purgeUser: {
    method: 'POST',
    path: 'tenants/{tenant}/users/{id}/erase',
    access: 'administrator',
    /** The user's id once more. */
    request: z.strictObject({ confirm: z.string() }),
    response: z.object({ id: z.string(), done: z.boolean() }),
  },
  listDeletedUsers: {
    method: 'GET',
    path: 'tenants/{tenant}/deleted-users',
    access: 'observer',
    query: z.strictObject({ after }),
    response: z.object({ users: z.array(DeletedUserSchema), next: z.string().optional() }),
  },
  /**
   * Whom the daily sweep will delete or purge within so many days; 0, the default: with its next run. With
   * `deleteAfterDeactivatedDays` as if the tenant had that setting.
   */
  listDue: {
    method: 'GET',
    path: 'tenants/{tenant}/lifecycle/due',
    access: 'observer',
    query: z.strictObject({
      days: z.coerce.number().int().min(0).max(3_650).default(0),
      deleteAfterDeactivatedDays: z.coerce.number().int().min(1).max(3_650).optional(),
      after,
    }),
    response: z.object({
      due: z.array(DueSchema),
      /** Users of the page that could not be read, so that nobody knows whether they are due. */
      unreadable: z.number().int(),
      next: z.string().optional(),
    }),
  },
  configureApplication: {
    method: 'POST',
    path: 'tenants/{tenant}/applications/{application}/configure',
    access: 'operator',
    request: z.strictObject({
      features: FeaturesSchema.partial().default({}),
      immutableExternalId: z.boolean().optional(),
    }),
    response: ApplicationSchema,
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
