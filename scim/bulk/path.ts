import { ScimError } from '../errors.ts';
import type { ResourceType } from '../schema/types.ts';
import { quoteExcerpt } from '../text.ts';
import { readReference } from './references.ts';
import type { BulkPath } from './types.ts';

/**
 * Reads the path of an operation: `/Users`, `/Groups/{id}`, `/Users/bulkId:qwerty`, relative to the Tenant URL, its
 * segments percent-encoded. Slashes that are missing at the front, doubled or at the end do no harm, as they do none in
 * a URL.
 *
 * @throws {@link ScimError} 404 where it leads to no endpoint of a resource type.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7 RFC 7644 §3.7}
 */
export function parseBulkPath(path: string, types: readonly ResourceType[]): BulkPath {
  const segments = path.split('/').filter((segment) => segment !== '');
  const [endpoint, last, ...more] = segments.map(decodeSegment);
  const type = types.find((candidate) => candidate.endpoint === `/${endpoint}`);
  if (type === undefined || more.length > 0 || (segments.length === 2 && last === undefined)) {
    const known = types.map((candidate) => candidate.endpoint).join(' and ');
    throw new ScimError(404, `path ${quoteExcerpt(path)} leads nowhere: an operation goes to ${known} or below`);
  }
  if (last === undefined) return { type: type.name, target: undefined };
  const bulkId = readReference(last);
  return { type: type.name, target: bulkId === undefined ? { id: last } : { bulkId } };
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
