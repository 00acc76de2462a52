import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createScimHandler } from './http/pipeline.ts';
import type { ScimDependencies } from './http/request.ts';
import { createResourceHandlers } from './http/resource-handlers.ts';

/** `/Users` and `/Users/{id}`. */
export function createUsers(dependencies: ScimDependencies) {
  return createScimHandler(dependencies, createResourceHandlers('User'));
}

export const handler = onFirstCall(() => createUsers(scimDependencies(process.env)));
