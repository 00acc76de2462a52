import { getResource } from '../../directory/get-resource.ts';
import { preconditionFailed } from '../../scim/errors.ts';
import { matchesVersion, parseIfMatch, parseIfNoneMatch, type VersionCondition } from '../../scim/etag.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { ScimRequest } from './request.ts';
import { selectId } from './selection.ts';

/**
 * Judges the conditions of a GET.
 *
 * @param mayBeNotModified - Whether an unchanged version means an unchanged representation.
 * @returns `notModified` where the client has what it would be sent.
 * @throws {@link ScimError} 412 where `If-Match` does not hold.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-13.2.2 RFC 9110 §13.2.2}
 */
export function judgeGet(
  { header }: ScimRequest,
  version: number,
  mayBeNotModified: boolean,
): 'modified' | 'notModified' {
  const ifMatch = parseIfMatch(header('if-match'));
  if (ifMatch !== undefined && !matchesVersion(ifMatch, version)) throw versionDiffers();
  const ifNoneMatch = parseIfNoneMatch(header('if-none-match'));
  const isKnown = ifNoneMatch !== undefined && matchesVersion(ifNoneMatch, version);
  return isKnown && mayBeNotModified ? 'notModified' : 'modified';
}

/**
 * The version that a PUT, PATCH or DELETE is bound to, from `If-Match`; the directory holds the write to it.
 * `If-None-Match` needs the present version first, to which the write is bound then.
 *
 * @throws {@link ScimError} 412 where `If-None-Match` does not hold; 404 where there is no such resource.
 */
export async function readWriteCondition(
  type: ResourceTypeName,
  id: string,
  { header, directory }: ScimRequest,
): Promise<VersionCondition | undefined> {
  const ifMatch = parseIfMatch(header('if-match'));
  const ifNoneMatch = parseIfNoneMatch(header('if-none-match'));
  if (ifNoneMatch === undefined) return ifMatch;
  const { version } = await getResource(directory, type, id, selectId(directory.tenant.schemas[type]));
  if (matchesVersion(ifNoneMatch, version)) {
    throw preconditionFailed('If-None-Match names the resource as it is: the request was for any other version');
  }
  return ifMatch ?? { versions: [version] };
}

function versionDiffers() {
  return preconditionFailed('If-Match names another version of the resource: fetch it again and repeat the request');
}
