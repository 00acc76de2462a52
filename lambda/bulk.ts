import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createBulkHandlers } from './http/bulk-handlers.ts';
import { createScimHandler } from './http/pipeline.ts';
import type { ScimDependencies } from './http/request.ts';

/** `/Bulk`. */
export function createBulk(dependencies: ScimDependencies) {
  return createScimHandler(dependencies, createBulkHandlers());
}

export const handler = onFirstCall(() => createBulk(scimDependencies(process.env)));
