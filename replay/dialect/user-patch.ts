import type { JsonDraft, JsonObject, JsonValue } from '../json.ts';
import type { Target } from '../mapping/target.ts';
import { type Dialect, toOperation, toPatch } from './dialect.ts';

/** One attribute of a user that is to be written. */
export interface AttributeChange {
  readonly target: Target;
  readonly value: string | boolean;
  /** Whether the target holds a value already: it is replaced; otherwise one is added. */
  readonly replaces: boolean;
}

/**
 * The PATCH that Entra sends for the changes. Without the flag: an operation for each attribute, booleans as text.
 * With it: attributes of one value are folded into an operation without path, value paths stay apart.
 *
 * @param stringBooleans - Whether the mapping makes text of booleans in either dialect.
 */
export function toUserPatch(
  changes: readonly AttributeChange[],
  dialect: Dialect,
  stringBooleans: boolean,
): JsonObject {
  const hasTextBooleans = dialect === 'unflagged' || stringBooleans;
  const write = (value: string | boolean): JsonValue => (hasTextBooleans ? toText(value) : value);
  const opOf = (change: AttributeChange): 'add' | 'replace' => (change.replaces ? 'replace' : 'add');
  const isApart = ({ target }: AttributeChange): boolean => dialect === 'unflagged' || target.kind === 'typed';
  const operations = changes
    .filter(isApart)
    .map((change) => toOperation(dialect, opOf(change), change.target.path, write(change.value)));
  for (const op of ['add', 'replace'] as const) {
    const folded: JsonDraft = {};
    for (const change of changes) {
      if (!isApart(change) && opOf(change) === op) folded[change.target.path] = write(change.value);
    }
    if (Object.keys(folded).length > 0) operations.push(toOperation(dialect, op, undefined, folded));
  }
  return toPatch(operations);
}

/** A boolean as Entra writes it where it writes text. */
export function toText(value: string | boolean): string {
  if (typeof value === 'string') return value;
  return value ? 'True' : 'False';
}
