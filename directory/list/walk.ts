import type { DirectoryContext } from '../context.ts';
import { WalkBudget } from './budget.ts';
import type { Match, Position } from './match.ts';
import type { Question } from './question.ts';
import { stepsFrom } from './steps.ts';

/** A page of a walk. */
export interface Walked {
  readonly matches: readonly Required<Match>[];
  /** Where the next page begins; undefined where there is none. */
  readonly end: Position | undefined;
}

/**
 * The next resources in the order of a list, from a place on. Whether the resource of that place is still there does not
 * matter, and nothing before it is read. A page may have fewer than asked for, or none, where a filter selects little:
 * looking on is the next page's.
 */
export async function walk(
  context: DirectoryContext,
  questions: readonly Question[],
  { after, count }: { readonly after: Position | undefined; readonly count: number },
): Promise<Walked> {
  const budget = new WalkBudget(context);
  const matches: Required<Match>[] = [];
  // One more than is answered tells whether there is a next page.
  for await (const steps of stepsFrom(context, questions, { after, count: count + 1 })) {
    for (const { match } of steps) {
      if (match === undefined) continue;
      if (matches.length === count) return { matches, end: matches.at(-1) };
      matches.push(match);
    }
    budget.spend(steps.length);
    if (budget.isSpent) return { matches, end: steps.at(-1)?.position };
  }
  return { matches, end: undefined };
}
