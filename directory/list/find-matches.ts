import type { DirectoryContext } from '../context.ts';
import { inParts } from '../in-parts.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { getEach } from '../store/query-all.ts';
import { findCandidates } from './candidates.ts';
import { createJudge, type Judge, type Match, type Position, readMembershipsFor } from './match.ts';
import type { Question } from './question.ts';
import { scanResources } from './scan.ts';

/** Resources in memory at once while they are looked at one by one. */
const PART = 500;

/** Which of the matches, by their number in the order of ids, will probably be answered: from 0, the last excluded. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Every resource for which the whole filter holds, in no certain order. What is kept of each is its place, so that memory
 * grows with their number alone; its item only within the window.
 *
 * @throws ScimError 400 `invalidFilter`, `tooMany`
 */
export async function findMatches(context: DirectoryContext, question: Question, window: Window): Promise<Match[]> {
  const judge = createJudge(context, question);
  const ids = await findCandidates(context, question);
  if (ids !== undefined) return await matchCandidates(context, judge, ids, window);
  const membershipOf = await readMembershipsFor(context, judge, undefined);
  const matches: Match[] = [];
  await scanResources(context, question, (item) => {
    const place = judge.place(item, membershipOf);
    if (place !== undefined) matches.push(place);
  });
  return matches;
}

/** As {@link findMatches}, of resources whose ids are known. */
export async function matchCandidates(
  context: DirectoryContext,
  judge: Judge,
  ids: readonly string[],
  { from, to }: Window,
): Promise<Match[]> {
  const matches: Match[] = [];
  const membershipOf = await readMembershipsFor(context, judge, ids);
  for (const part of inParts(ids, PART)) {
    for (const item of await readResources(context, judge.question, part)) {
      const place = judge.place(item, membershipOf);
      if (place === undefined) continue;
      const isLikely = matches.length >= from && matches.length < to;
      matches.push(isLikely ? { ...place, item } : place);
    }
  }
  return matches;
}

/**
 * The items of matches, in their order; those whose items were not kept are read again, and left out if they are gone or
 * the filter does not hold any more.
 */
export async function readMatches(
  context: DirectoryContext,
  questions: readonly Question[],
  matches: readonly Match[],
): Promise<readonly ResourceItem[]> {
  const items = new Map(matches.flatMap(({ id, item }) => (item === undefined ? [] : [[id, item] as const])));
  await Promise.all(
    questions.map(async (question) => {
      const missing = matches.filter(({ type, id }) => type === question.type && !items.has(id));
      for (const { item } of await rereadMatches(context, createJudge(context, question), missing)) {
        items.set(item.sk, item);
      }
    }),
  );
  return matches.flatMap(({ id }) => items.get(id) ?? []);
}

/** Those that are still there and match, by the same key as before, with their items. */
async function rereadMatches(
  context: DirectoryContext,
  judge: Judge,
  positions: readonly Position[],
): Promise<readonly Required<Match>[]> {
  const ids = positions.map(({ id }) => id);
  const [items, membershipOf] = await Promise.all([
    readResources(context, judge.question, ids),
    readMembershipsFor(context, judge, ids),
  ]);
  const byId = new Map(items.map((item) => [item.sk, item]));
  return positions.flatMap((position) => {
    const item = byId.get(position.id);
    if (item === undefined) return [];
    const place = judge.place(item, membershipOf);
    return place !== undefined && place.key === position.key ? [{ ...place, item }] : [];
  });
}

/** The items of the ids that there are, in their order. */
export async function readResources(
  { table, tenant }: DirectoryContext,
  { type }: Question,
  ids: readonly string[],
): Promise<readonly ResourceItem[]> {
  const items = await getEach(
    table,
    ids.map((id) => resourceKey(tenant.name, type, id)),
  );
  return items.flatMap((item) => (item === undefined ? [] : [parseItem(ResourceItemSchema, item)]));
}
