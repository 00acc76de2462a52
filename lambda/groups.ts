import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createScimHandler } from './http/pipeline.ts';
import type { ScimDependencies } from './http/request.ts';
import { createResourceHandlers } from './http/resource-handlers.ts';

/** `/Groups` and `/Groups/{id}`. */
export function createGroups(dependencies: ScimDependencies) {
  return createScimHandler(dependencies, createResourceHandlers('Group'));
}

export const handler = onFirstCall(() => createGroups(scimDependencies(process.env)));
