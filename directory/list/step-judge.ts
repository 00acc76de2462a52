import type { DirectoryContext } from '../context.ts';
import { MAX_PAIRS, type MembershipOf } from '../membership-tests.ts';
import type { ResourceItem } from '../store/items.ts';
import { createJudge, type Judge, type Match, type Position, readMembershipsFor } from './match.ts';
import type { Question } from './question.ts';

/** One place that a walk comes by. */
export interface Step {
  readonly position: Position;
  /** The resource there; undefined where there is none, or the filter does not hold, or it has another place by now. */
  readonly match: Required<Match> | undefined;
}

/** A place, and what was read of the resource there. */
export interface Place {
  readonly position: Position;
  readonly item: ResourceItem | undefined;
}

/** Judges what one page of a walk comes by, of one type, stretch by stretch. */
export class StepJudge {
  readonly question: Question;
  readonly judge: Judge;
  readonly #context: DirectoryContext;
  #allMemberships: Promise<MembershipOf> | undefined;

  /** @throws ScimError 400 `invalidFilter` */
  constructor(context: DirectoryContext, question: Question) {
    this.question = question;
    this.judge = createJudge(context, question);
    this.#context = context;
  }

  /** As many ids at once as have their memberships read one by one. */
  get stretch(): number {
    return Math.max(1, Math.floor(MAX_PAIRS / Math.max(1, this.judge.tests.length)));
  }

  async toSteps(places: readonly Place[]): Promise<readonly Step[]> {
    const membershipOf = await this.#membershipsOf(places.map(({ position }) => position.id));
    return places.map(({ position, item }) => {
      const place = item && this.judge.place(item, membershipOf);
      const isHere = item !== undefined && place !== undefined && place.key === position.key;
      return { position, match: isHere ? { ...position, item } : undefined };
    });
  }

  /** Of many, all memberships of the tested ids are listed, once a page. */
  async #membershipsOf(ids: readonly string[]): Promise<MembershipOf> {
    if (ids.length <= this.stretch) return await readMembershipsFor(this.#context, this.judge, ids);
    this.#allMemberships ??= readMembershipsFor(this.#context, this.judge, undefined);
    return await this.#allMemberships;
  }
}
