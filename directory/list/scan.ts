import type { DirectoryContext } from '../context.ts';
import { readCounters } from '../counters.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourcePartition } from '../store/keys.ts';
import { queryPages } from '../store/query-all.ts';
import { MAX_SCANNED, ScanBudget } from './budget.ts';
import type { Question } from './question.ts';
import { unservedError } from './unserved.ts';

/**
 * Ranges read at once: one is awaited while the other is parsed. Each has a page of 1 MB in memory, a small function has
 * little more than half a processor, and a partition gives 3,000 units a second to however many ask.
 */
const PARALLEL = 2;
/** Resources below which one query after the other is quick enough. */
const FEW = 1_000;

/**
 * Looks at every resource of the type, in no order, in sixteen ranges; eventually consistent, which costs half. What a
 * page holds is dropped with it.
 *
 * @throws ScimError 400 `tooMany`: up front, where the counters say that there are too many; or once it takes too long or
 * reads too much.
 */
export async function scanResources(
  context: DirectoryContext,
  question: Question,
  visit: (item: ResourceItem) => void,
): Promise<void> {
  const { tenant, table } = context;
  const { total } = await readCounters(context, question.type);
  const refusal = (why: string) => unservedError(context, question, why);
  if (total > MAX_SCANNED) throw refusal(`there are ${total}, and at most ${MAX_SCANNED} are possible`);
  const budget = new ScanBudget(context, refusal);
  const pk = resourcePartition(tenant.name, question.type);
  const ranges = (total <= FEW ? [{}] : sixteenths()).values();
  const readRanges = async (): Promise<void> => {
    for (const range of ranges) {
      for await (const page of queryPages(table, { pk, ...range, consistent: false })) {
        budget.spendPage();
        for (const item of page) visit(parseItem(ResourceItemSchema, item));
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, readRanges));
}

/** Ids are random, so that each has as many. */
function sixteenths(): readonly { readonly from: string; readonly to: string }[] {
  return [...'0123456789abcdef'].map((digit) => ({ from: digit, to: `${digit}~` }));
}
