import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createApplicationHandler } from './http/application-handlers.ts';
import type { ScimDependencies } from './http/request.ts';

/** The API for the vendor's own application, `/application/{tenant}/…`; IAM has allowed each call before it gets here. */
export function createApplicationApi(dependencies: ScimDependencies) {
  return createApplicationHandler(dependencies);
}

export const handler = onFirstCall(() => createApplicationApi(scimDependencies(process.env)));
