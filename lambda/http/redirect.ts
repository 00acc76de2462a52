import type { APIGatewayProxyResult } from 'aws-lambda';
import { ScimError } from '../../scim/errors.ts';
import { routes } from '../contract/routes.ts';
import type { ScimEvent } from './event.ts';
import type { ScimRequest } from './request.ts';
import { emptyResponse } from './responses.ts';

/**
 * Answers a path that no route has. `//Users` and `Users/` come from a Tenant URL that was entered with a trailing slash:
 * they are sent on to the route that was meant, by 308, which keeps method and body.
 *
 * @throws {@link ScimError} 404 where no route was meant.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-15.4.9 RFC 9110 §15.4.9}
 */
export function redirectToKnownRoute({ event, directory }: ScimRequest): APIGatewayProxyResult {
  const given = event.pathParameters?.['proxy'] ?? '';
  const segments = given.split('/').filter((segment) => segment !== '');
  const path = segments.join('/');
  if (path === given || !isKnown(segments)) {
    throw new ScimError(
      404,
      'There is no such endpoint; /ServiceProviderConfig, /ResourceTypes and /Schemas tell which there are',
    );
  }
  const location = `${directory.tenantUrl}/${segments.map(encodeSegment).join('/')}${toQuery(event)}`;
  return emptyResponse(308, { location });
}

function isKnown(segments: readonly string[]): boolean {
  return routes.some(({ path, methods }) => {
    const pattern = path.split('/');
    return (
      methods.length > 0 &&
      pattern.length === segments.length &&
      pattern.every((part, i) => part === '{id}' || part === segments[i])
    );
  });
}

/** The segment, encoded again: what is no valid encoding is taken as it is. */
function encodeSegment(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    return encodeURIComponent(segment.toWellFormed());
  }
}

function toQuery({ queryStringParameters }: ScimEvent): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(queryStringParameters ?? {})) parameters.append(name, value ?? '');
  return parameters.size === 0 ? '' : `?${parameters}`;
}
