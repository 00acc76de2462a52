import { type ScimError, tooMany } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { planLookups } from '../lookup-plan.ts';
import type { Question } from './question.ts';

/** 400 `tooMany` where every resource would have to be looked at: says why that cannot be, and what can. */
export function unservedError({ tenant }: DirectoryContext, question: Question, why: string): ScimError {
  const { type, filter, sort } = question;
  const { claimed, indexed, added } = tenant.lookups[type];
  const served = [...claimed, ...indexed, ...added.filter(({ isWhole }) => isWhole).map(({ attribute }) => attribute)];
  const names = served.map(({ canonical }) => canonical).join(', ');
  const isServed =
    filter !== undefined && planLookups(filter, tenant.schemas[type], tenant.lookups[type]) !== undefined;
  const what = isServed
    ? 'An index finds too many resources for this filter'
    : filter === undefined
      ? 'No index has this order'
      : 'No index serves this filter';
  const instead = sort === undefined ? 'or page by cursor' : 'or sort by one of these and page by cursor';
  return tooMany(
    `${what}, and every ${type} would have to be looked at: ${why}; filter by id, ${names} with eq or sw, ${instead}`,
  );
}
