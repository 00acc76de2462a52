import type { DirectoryContext } from '../context.ts';
import { inParts } from '../in-parts.ts';
import type { Query } from '../store/item-table.ts';
import { parseItem, ResourceItemSchema } from '../store/items.ts';
import { resourcePartition } from '../store/keys.ts';
import { queryGrowingPages } from '../store/query-all.ts';
import { findCandidates, findNextCandidates } from './candidates.ts';
import { type Entries, findEntries } from './entries.ts';
import { findMatches, matchCandidates, readMatches, readResources } from './find-matches.ts';
import { createOrder, isPast, type Match, type Position } from './match.ts';
import { isDescending, type Question } from './question.ts';
import { type Step, StepJudge } from './step-judge.ts';

export interface Start {
  /** Undefined: the beginning. */
  readonly after: Position | undefined;
  /** Resources wanted; what is read first goes by it. */
  readonly count: number;
}

/** Of what memory sorts no item is kept: one page of it is answered. */
const NOTHING = { from: 0, to: 0 };

/**
 * The places of a list in its order, stretch by stretch, each read when it is asked for. Whichever way they are found, by
 * id, along an index or in memory, a list has one order, so that each page of a walk may find its own way.
 *
 * @throws ScimError 400 `invalidFilter`; `tooMany` where memory alone can sort the list and there is too much of it.
 */
export async function* stepsFrom(
  context: DirectoryContext,
  questions: readonly Question[],
  start: Start,
): AsyncIterable<readonly Step[]> {
  const judges = questions.map((question) => new StepJudge(context, question));
  if (questions.some(({ sort }) => sort !== undefined)) {
    yield* sortedSteps(context, judges, start);
    return;
  }
  const { after } = start;
  for (const judge of judges) {
    const { type } = judge.question;
    if (after !== undefined && isPast(after, type)) continue;
    yield* stepsById(context, judge, { ...start, after: after?.type === type ? after : undefined });
  }
}

async function* sortedSteps(
  context: DirectoryContext,
  judges: readonly StepJudge[],
  start: Start,
): AsyncIterable<readonly Step[]> {
  const questions = judges.map(({ question }) => question);
  const [judge, ...others] = judges;
  const entries = judge === undefined || others.length > 0 ? undefined : findEntries(context, judge.question);
  if (judge === undefined || entries === undefined) {
    const found = await Promise.all(questions.map((question) => findMatches(context, question, NOTHING)));
    yield* stepsByMatches(context, judges, found.flat(), start);
    return;
  }
  const ids = await findCandidates(context, judge.question);
  if (ids === undefined) yield* stepsByEntries(context, judge, entries, start);
  else yield* stepsByMatches(context, judges, await matchCandidates(context, judge.judge, ids, NOTHING), start);
}

/** In the order of ids: by look-ups as long as they serve the filter, else over all resources of the type. */
async function* stepsById(context: DirectoryContext, judge: StepJudge, start: Start): AsyncIterable<readonly Step[]> {
  const { question, stretch } = judge;
  const { type } = question;
  let after = start.after?.id;
  for (;;) {
    const candidates = await findNextCandidates(context, question, after);
    if (candidates === undefined) break;
    for (const part of inParts(candidates.ids, Math.min(start.count, stretch))) {
      const items = new Map((await readResources(context, question, part)).map((item) => [item.sk, item]));
      yield await judge.toSteps(part.map((id) => ({ position: { type, id, key: undefined }, item: items.get(id) })));
    }
    if (candidates.horizon === undefined) return;
    after = candidates.horizon;
  }
  yield* stepsOfPartition(context, judge, { count: start.count, ...(after === undefined ? {} : { after }) });
}

/** All resources of the type by id. */
async function* stepsOfPartition(
  { table, tenant }: DirectoryContext,
  judge: StepJudge,
  { count, ...range }: { readonly count: number } & Pick<Query, 'after' | 'backwards'>,
): AsyncIterable<readonly Step[]> {
  const { type } = judge.question;
  for await (const page of queryGrowingPages(table, {
    pk: resourcePartition(tenant.name, type),
    limit: count,
    ...range,
  })) {
    const items = page.map((item) => parseItem(ResourceItemSchema, item));
    yield await judge.toSteps(items.map((item) => ({ position: { type, id: item.sk, key: undefined }, item })));
  }
}

/** Along an index; what has no data for the attribute comes last, or first where the order is descending. */
async function* stepsByEntries(
  context: DirectoryContext,
  judge: StepJudge,
  entries: Entries,
  { after, count }: Start,
): AsyncIterable<readonly Step[]> {
  const backwards = isDescending([judge.question]);
  const rest = async function* (): AsyncIterable<readonly Step[]> {
    if (entries.isComplete) return;
    const isInRest = after !== undefined && after.key === undefined;
    yield* stepsOfPartition(context, judge, { count, backwards, ...(isInRest ? { after: after.id } : {}) });
  };
  const isRestFirst = backwards;
  const isRestNext = after === undefined ? isRestFirst : after.key === undefined;
  if (isRestNext) yield* rest();
  if (!isRestNext || isRestFirst) yield* stepsOfEntries(context, judge, entries, { after, count });
  if (!isRestNext && !isRestFirst) yield* rest();
}

async function* stepsOfEntries(
  context: DirectoryContext,
  judge: StepJudge,
  { pk, toPosition, toSortKey }: Entries,
  { after, count }: Start,
): AsyncIterable<readonly Step[]> {
  const query = {
    pk,
    backwards: isDescending([judge.question]),
    limit: count,
    ...(typeof after?.key === 'string' ? { after: toSortKey(after.id, after.key) } : {}),
  };
  for await (const page of queryGrowingPages(context.table, query)) {
    const places = page.map(toPosition);
    const live = places.filter(({ isLive }) => isLive).map(({ id }) => id);
    const items = new Map((await readResources(context, judge.question, live)).map((item) => [item.sk, item]));
    yield await judge.toSteps(
      places.map(({ isLive, ...position }) => ({ position, item: isLive ? items.get(position.id) : undefined })),
    );
  }
}

/** Sorted in memory, with the items read as they are answered. */
async function* stepsByMatches(
  context: DirectoryContext,
  judges: readonly StepJudge[],
  matches: readonly Match[],
  { after, count }: Start,
): AsyncIterable<readonly Step[]> {
  const questions = judges.map(({ question }) => question);
  const compare = createOrder(isDescending(questions));
  const left = matches.filter((match) => after === undefined || compare(match, after) > 0).sort(compare);
  for (const part of inParts(left, count)) {
    const items = new Map((await readMatches(context, questions, part)).map((item) => [item.sk, item]));
    yield part.map(({ type, id, key }) => {
      const item = items.get(id);
      return { position: { type, id, key }, match: item && { type, id, key, item } };
    });
  }
}
