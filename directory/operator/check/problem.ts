import type { Action, Key } from '../../store/item-table.ts';

/** Something that cannot be if every write took effect as a whole. */
export interface Problem {
  readonly key: Key;
  /** Names keys only, no personal value beyond them. */
  readonly problem: string;
  /** A transaction that mends it, refused where it is no longer so; undefined where a person has to decide. */
  readonly repair: readonly Action[] | undefined;
}

/** What a look at a part of a tenant came to. */
export interface Look {
  readonly problems: readonly Problem[];
  /** Items that were looked at. */
  readonly checked: number;
  /** Where the part goes on; undefined at its end. */
  readonly next?: string | undefined;
}
