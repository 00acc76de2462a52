import { invalidValue } from '../../scim/errors.ts';
import type { Filter } from '../../scim/filter/ast.ts';
import { assertKnown, narrowFilter } from '../../scim/filter/narrow.ts';
import { printAttributePath } from '../../scim/filter/printer.ts';
import type { ListRequest, SortOrder } from '../../scim/list-request.ts';
import type { Selection } from '../../scim/projection.ts';
import type { ResolvedAttribute, ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { resolveSortBy } from '../../scim/sort.ts';
import { quoteExcerpt } from '../../scim/text.ts';
import type { DirectoryContext } from '../context.ts';
import { isResolvedOnRead } from '../membership-tests.ts';

/** What a query for a list asks of one resource type. */
export interface Question {
  readonly type: ResourceTypeName;
  /** Undefined: every resource is asked for. */
  readonly filter: Filter | undefined;
  /** Undefined: in the order of ids. */
  readonly sort: Sort | undefined;
  readonly selection: Selection;
}

export interface Sort {
  /** Undefined where this type, of several, does not have the attribute. */
  readonly by: ResolvedAttribute | undefined;
  readonly order: SortOrder;
}

/** All questions of a list have one order. */
export function isDescending(questions: readonly Question[]): boolean {
  return questions[0]?.sort?.order === 'descending';
}

/**
 * What a query asks of each of the resource types. With several of them, those of which the filter cannot hold are left
 * out, and an attribute needs to be one of any of them (RFC 7644 §3.4.2.1).
 *
 * @throws ScimError 400 `invalidFilter`, or `invalidValue` for what cannot be sorted by.
 */
export function toQuestions(
  { tenant }: Pick<DirectoryContext, 'tenant'>,
  types: readonly ResourceTypeName[],
  { filter, sort }: Pick<ListRequest, 'filter' | 'sort'>,
  selectionOf: (schema: ResourceSchema) => Selection,
): readonly Question[] {
  const schemas = types.map((type) => tenant.schemas[type]);
  if (types.length > 1 && filter !== undefined) assertKnown(filter, schemas);
  const sorts = sort === undefined ? [] : toSorts(schemas, sort);
  return schemas.flatMap((schema, n): Question[] => {
    // Alone, a type that lacks the attribute refuses the filter when it is compiled.
    const narrowed = filter !== undefined && types.length > 1 ? narrowFilter(filter, schema) : filter;
    if (narrowed === false) return [];
    return [
      {
        type: schema.type.name,
        filter: narrowed === true ? undefined : narrowed,
        sort: sorts[n],
        selection: selectionOf(schema),
      },
    ];
  });
}

/** One for each of the schemas; ascending by id is the order of lists anyway. */
function toSorts(
  schemas: readonly ResourceSchema[],
  { by: path, order }: NonNullable<ListRequest['sort']>,
): readonly (Sort | undefined)[] {
  const resolved = schemas.map((schema) => resolveSortBy(schema, path));
  if (resolved.every((by) => by === undefined)) {
    const names = schemas.map(({ type }) => type.name).join(' or ');
    throw invalidValue(`sortBy: ${quoteExcerpt(printAttributePath(path))} is no attribute of ${names}`);
  }
  return resolved.map((by) => {
    if (by !== undefined && isResolvedOnRead(by.canonical)) {
      throw invalidValue(`Nothing can be sorted by ${by.canonical}: it is looked up when the resource is read`);
    }
    return schemas.length === 1 && by?.canonical === 'id' && order === 'ascending' ? undefined : { by, order };
  });
}
