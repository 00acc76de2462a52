import type * as z from 'zod';

/**
 * Who may call a route: an observer sees everything and changes nothing, an operator makes tenants and tokens and runs
 * them, an administrator shuts and deletes them. Each may do what the one before may.
 */
export type AdminAccess = 'observer' | 'operator' | 'administrator';

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to `/admin` (`ADMIN_PATH` in `tenant-url.ts`); `{name}` is one segment. */
  readonly path: string;
  readonly access: AdminAccess;
  /** Of the query parameters, which are all strings. */
  readonly query?: z.ZodType;
  /** Of the JSON body. */
  readonly request?: z.ZodType;
  /** Of the JSON body of an answer of 200 or 201. Errors are {@link AdminErrorSchema}. */
  readonly response: z.ZodType;
}
