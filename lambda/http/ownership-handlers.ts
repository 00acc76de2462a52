import type { APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import { OperationRefusedError } from '../../directory/operator/operation.ts';
import { type Owners, readOwners, setOwners } from '../../directory/ownership/owners.ts';
import {
  getOwnership,
  listOwnerships,
  type OwnedThing,
  registerOwnership,
  removeOwnership,
} from '../../directory/ownership/registered.ts';
import { invalidValue } from '../../scim/errors.ts';
import { OWNERS_PATH, OWNERSHIPS_PATH } from '../contract/application-routes.ts';
import { type OwnersAnswer, OwnershipRequestSchema, OwnersRequestSchema } from '../contract/ownership-messages.ts';
import { findPathParameter } from './event.ts';
import type { RouteHandlers, ScimRequest } from './request.ts';
import { emptyResponse, textResponse } from './responses.ts';

export const OWNERSHIPS_A_PAGE = 1_000;

const OWNERSHIP = `${OWNERSHIPS_PATH}/{type}/{id}`;

/** The part of the application API that is about who owns what. */
export const ownershipHandlers: RouteHandlers = {
  [`GET ${OWNERS_PATH}`]: async ({ directory: { table, tenant } }) => {
    return answer(toOwnersAnswer(await readOwners(table, tenant.name)));
  },
  [`PUT ${OWNERS_PATH}`]: putOwners,
  [`GET ${OWNERSHIPS_PATH}`]: async ({ directory, query }) => {
    const page = { after: query('after'), limit: OWNERSHIPS_A_PAGE };
    return answer(await listOwnerships(directory, query('user') ?? '', page));
  },
  [`GET ${OWNERSHIP}`]: async (request) => answer(await getOwnership(request.directory, toThing(request))),
  [`PUT ${OWNERSHIP}`]: async (request) => {
    const { user } = read(request, OwnershipRequestSchema);
    return answer(await registerOwnership(request.directory, toThing(request), user));
  },
  [`DELETE ${OWNERSHIP}`]: async (request) => {
    await removeOwnership(request.directory, toThing(request));
    return emptyResponse(204);
  },
};

async function putOwners(request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { table, tenant, application, requestId, now, newId } = request.directory;
  const change = read(request, OwnersRequestSchema);
  const by = { application, requestId };
  const context = { table, principal: application, requestId, now, newId };
  try {
    return answer(toOwnersAnswer(await setOwners(context, { tenant: tenant.name, by }, change)));
  } catch (error) {
    if (error instanceof OperationRefusedError) throw invalidValue(error.message);
    throw error;
  }
}

function toThing({ event }: ScimRequest): OwnedThing {
  return { type: findPathParameter(event, 'type') ?? '', id: findPathParameter(event, 'id') ?? '' };
}

function read<S extends z.ZodType>({ parseBody }: ScimRequest, schema: S): z.output<S> {
  const { success, data, error } = schema.safeParse(parseBody());
  if (success) return data;
  // The places and what was expected, never what was sent.
  throw invalidValue(error.issues.map(({ path, message }) => `${['body', ...path].join('.')}: ${message}`).join('; '));
}

function answer(body: object): APIGatewayProxyResult {
  return textResponse(200, JSON.stringify(body), { 'content-type': 'application/json' });
}

export function toOwnersAnswer({ version, subscriptionOwner, companyOwners }: Owners): OwnersAnswer {
  return { version, subscriptionOwner: subscriptionOwner ?? null, companyOwners: [...companyOwners] };
}
