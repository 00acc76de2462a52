/** Which versions a conditional request is about: any that exists, or those listed. */
export type VersionCondition = { readonly any: true } | { readonly versions: readonly number[] };

/**
 * The ETag of a version, as the `ETag` header and `meta.version` give it. Weak: what a response holds also depends on
 * `attributes`, so that equal versions do not mean equal bytes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.14 RFC 7644 §3.14}
 */
export function toETag(version: number): string {
  return `W/"${version}"`;
}

/**
 * Reads an `If-Match` header: `*`, or a list of ETags. Compared weakly, so that `"3"` stands for `W/"3"`: our ETags are
 * all weak, and by the strong comparison of RFC 9110 §13.1.1 nothing would ever match. An ETag that this service cannot
 * have given matches nothing.
 *
 * @returns undefined where there is no such header, and so no condition.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.1 RFC 9110 §13.1.1}
 */
export function parseIfMatch(header: string | undefined): VersionCondition | undefined {
  return parseCondition(header);
}

/**
 * Reads an `If-None-Match` header: `*`, or a list of ETags, as {@link parseIfMatch} does.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-13.1.2 RFC 9110 §13.1.2}
 */
export function parseIfNoneMatch(header: string | undefined): VersionCondition | undefined {
  return parseCondition(header);
}

/** Whether the resource's version is one of those that the condition is about. */
export function matchesVersion(condition: VersionCondition, version: number): boolean {
  return 'any' in condition || condition.versions.includes(version);
}

function parseCondition(header: string | undefined): VersionCondition | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  if (text === '*') return { any: true };
  const versions = [...text.matchAll(/"([^"]*)"/g)].map(([, tag]) => parseVersion(tag)).filter((v) => v !== undefined);
  return { versions };
}

/** The version that {@link toETag} wrote: no other spelling of the number counts. */
function parseVersion(tag: string | undefined): number | undefined {
  const version = Number(tag);
  return Number.isSafeInteger(version) && String(version) === tag ? version : undefined;
}
