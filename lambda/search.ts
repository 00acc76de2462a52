import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createSearchHandlers } from './http/list-handlers.ts';
import { createScimHandler } from './http/pipeline.ts';
import type { ScimDependencies } from './http/request.ts';

/** `/.search`, `/Users/.search` and `/Groups/.search`: whatever they are sent, they only read. */
export function createSearch(dependencies: ScimDependencies) {
  return createScimHandler(dependencies, createSearchHandlers());
}

export const handler = onFirstCall(() => createSearch(scimDependencies(process.env)));
