import { scimDependencies } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createDiscoveryHandlers } from './http/discovery-handlers.ts';
import { createScimHandler } from './http/pipeline.ts';
import type { ScimDependencies } from './http/request.ts';

/** `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`, and every path that no other entry has. */
export function createDiscovery(dependencies: ScimDependencies) {
  return createScimHandler(dependencies, createDiscoveryHandlers());
}

export const handler = onFirstCall(() => createDiscovery(scimDependencies(process.env)));
