import { mutabilityError } from '../errors.ts';
import type { Filter } from '../filter/ast.ts';
import { compileValueFilter } from '../filter/compile.ts';
import { isJsonArray, type JsonValue } from '../json.ts';
import { isBlank } from '../validation/attribute-value.ts';
import { isMemberId, parseMemberIds } from '../validation/member-ids.ts';
import type { PatchTarget } from './target.ts';
import type { MemberChange, PatchOperation } from './types.ts';

/**
 * What an operation on an attribute that is kept apart (a group's `members`) asks for, without looking at its values:
 * nobody reads a member list to change it.
 *
 * @throws {@link ScimError} 400 `invalidValue` where a member has no usable id; `invalidFilter` where the value filter is
 * none for members; `mutability` where a member itself would be changed: RFC 7643 §4.2 makes its sub-attributes
 * immutable.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export function toMemberChanges(
  op: PatchOperation['op'],
  { attribute, subAttribute, valueFilter, canonical }: PatchTarget,
  value: JsonValue,
): readonly MemberChange[] {
  if (subAttribute !== undefined) throw mutabilityError(`${canonical} is immutable: remove the member, add another`);
  if (valueFilter !== undefined) {
    if (op === 'add' || (op === 'replace' && !isBlank(value))) {
      throw mutabilityError(`${canonical}: a member is immutable: remove it with the filter, add another without`);
    }
    return [toRemoval(valueFilter, attribute)];
  }
  if (op === 'remove') return [{ kind: 'clear' }];
  const list = isJsonArray(value) || isBlank(value) ? value : [value];
  const ids = parseMemberIds(attribute, list === '' ? null : list);
  const addition: readonly MemberChange[] = ids.length === 0 ? [] : [{ kind: 'add', ids }];
  return op === 'replace' ? [{ kind: 'clear' }, ...addition] : addition;
}

function toRemoval(filter: Filter, members: PatchTarget['attribute']): MemberChange {
  const ids = toIds(filter);
  if (ids !== undefined) return { kind: 'remove', ids: [...new Set(ids)].filter(isMemberId) };
  compileValueFilter(filter, members); // refuses now what could not be evaluated later
  return { kind: 'removeMatching', filter };
}

/** The ids that the filter lists: `value eq "x"`, alone or joined by `or`. */
function toIds(filter: Filter): readonly string[] | undefined {
  if (filter.kind === 'or') {
    const operands = filter.operands.map(toIds);
    return operands.every((ids) => ids !== undefined) ? operands.flat() : undefined;
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined;
  const { schema, name, subAttribute } = filter.path;
  const isId = schema === undefined && subAttribute === undefined && name.toLowerCase() === 'value';
  return isId ? [filter.value] : undefined;
}
