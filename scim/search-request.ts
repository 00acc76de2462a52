import { invalidSyntax, invalidValue } from './errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';
import { LIST_PARAMETERS, type ListParameter, type ListParameters } from './list-request.ts';
import { assertMessage, readMember } from './message.ts';
import { quoteExcerpt } from './text.ts';
import { describeJsonType } from './validation/json-type.ts';

const SEARCH_REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const MEMBERS = ['schemas', ...LIST_PARAMETERS] as const;

/**
 * Reads the body of a POST to `.search` as what a GET would say in its query. Names of members are read in any case, null
 * is the same as none. A member that a search does not have is refused: whoever misspells `filter` is better told than
 * answered with everybody.
 *
 * @throws {@link ScimError} 400 `invalidSyntax` where the message is no SearchRequest, `invalidValue` where a member is
 * not of its type.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.3 RFC 7644 §3.4.3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-3 RFC 9865 §3}, for `cursor`
 */
export function parseSearchRequest(body: JsonValue): ListParameters {
  if (!isJsonObject(body)) throw invalidSyntax(`expected a SearchRequest as an object, got ${describeJsonType(body)}`);
  assertMessage(body, SEARCH_REQUEST_SCHEMA);
  const unknown = Object.keys(body).find(
    (given) => !MEMBERS.some((name) => name.toLowerCase() === given.toLowerCase()),
  );
  if (unknown !== undefined) {
    throw invalidSyntax(`a SearchRequest has no ${quoteExcerpt(unknown)}; it may have ${MEMBERS.join(', ')}`);
  }
  const parameters: Partial<Record<ListParameter, string>> = {};
  for (const parameter of LIST_PARAMETERS) {
    const value = readMember(body, parameter) ?? null;
    if (value !== null) parameters[parameter] = toText(parameter, value);
  }
  return parameters;
}

function toText(parameter: ListParameter, value: JsonValue): string {
  switch (parameter) {
    case 'attributes':
    case 'excludedAttributes':
      return toNames(parameter, value);
    case 'startIndex':
    case 'count':
      if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
      throw invalidValue(`${parameter}: expected an integer, such as 1, got ${describeNumber(value)}`);
    case 'filter':
    case 'sortBy':
    case 'sortOrder':
    case 'cursor':
      if (typeof value === 'string') return value;
      throw invalidValue(`${parameter}: expected a string, got ${describeJsonType(value)}`);
  }
}

function toNames(parameter: ListParameter, value: JsonValue): string {
  if (isJsonArray(value) && value.every((name) => typeof name === 'string')) return value.join(',');
  const got = isJsonArray(value) ? 'a list with something else in it' : describeJsonType(value);
  throw invalidValue(`${parameter}: expected a list of names of attributes as strings, got ${got}`);
}

function describeNumber(value: JsonValue): string {
  return typeof value === 'number' ? String(value) : describeJsonType(value);
}
