import type { Action, Condition, Item, ItemTable, Key, Query } from '../../directory/store/item-table.ts';
import { InvalidRequestError, WriteRefusedError } from '../../directory/store/table-errors.ts';

type NaiveTable = Pick<ItemTable, 'get' | 'getMany' | 'query' | 'write' | 'writeOne'> & {
  /** In the order of the keys. */ all(): readonly Item[];
};

/**
 * The item table as plainly as it can be said: the reference for sequences of calls that break no limit. It shares no
 * code with the real ones.
 */
export function createNaiveTable(): NaiveTable {
  let items: readonly Item[] = [];
  const tokens = new Map<string, string>();
  const find = ({ pk, sk }: Key) => items.find((item) => item.pk === pk && item.sk === sk);

  function commit(actions: readonly Action[]): void {
    const [first, ...others] = actions.flatMap((action, index) => {
      const item = find(action.kind === 'put' ? action.item : action.key);
      return (action.conditions ?? []).every((condition) => holds(condition, item)) ? [] : [{ index, item }];
    });
    if (first !== undefined) throw new WriteRefusedError([first, ...others]);
    let next = items;
    for (const action of actions) {
      if (action.kind === 'check') continue;
      const { pk, sk } = action.kind === 'put' ? action.item : action.key;
      const before = find({ pk, sk });
      next = next.filter((item) => item !== before);
      if (action.kind === 'put') next = [...next, action.item];
      if (action.kind === 'update') {
        const sums = Object.entries(action.add ?? {}).map(([name, summand]) => [
          name,
          numberIn(before, name) + summand,
        ]);
        const changed = { pk, sk, ...before, ...action.set, ...Object.fromEntries(sums) };
        const kept = Object.entries(changed).filter(([name]) => !(action.remove ?? []).includes(name));
        next = [...next, { ...Object.fromEntries(kept), pk, sk }];
      }
    }
    items = next;
  }

  return {
    all: () => items.toSorted((left, right) => compare(left.pk, right.pk) || compare(left.sk, right.sk)),
    get: async (key) => find(key),
    getMany: async (keys) => keys.map(find),
    async query({ pk, from, to, after, backwards = false, limit = Number.POSITIVE_INFINITY }: Query) {
      const sign = backwards ? -1 : 1;
      const found = items
        .filter((item) => item.pk === pk)
        .filter(({ sk }) => from === undefined || compare(sk, from) >= 0)
        .filter(({ sk }) => to === undefined || compare(sk, to) <= 0)
        .filter(({ sk }) => after === undefined || sign * compare(sk, after) > 0)
        .toSorted((left, right) => sign * compare(left.sk, right.sk));
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return found.length > page.length && last !== undefined ? { items: page, next: last.sk } : { items: page };
    },
    async write(actions, { token } = {}) {
      const said = JSON.stringify(actions);
      const known = token === undefined ? undefined : tokens.get(token);
      if (known === said) return;
      if (known !== undefined) throw new InvalidRequestError('other actions under the token');
      commit(actions);
      if (token !== undefined) tokens.set(token, said);
    },
    writeOne: async (action) => commit([action]),
  };
}

function holds(condition: Condition, item: Item | undefined): boolean {
  const value = 'attribute' in condition ? new Map(Object.entries(item ?? {})).get(condition.attribute) : undefined;
  switch (condition.kind) {
    case 'exists':
      return item !== undefined;
    case 'notExists':
      return item === undefined;
    case 'versionIs':
      return item?.['version'] === condition.version;
    case 'absent':
      return value === undefined;
    case 'equals':
      return value === condition.value;
    case 'atMost':
      return typeof value === 'number' && value <= condition.value;
    case 'atLeast':
      return typeof value === 'number' && value >= condition.value;
  }
}

function numberIn(item: Item | undefined, name: string): number {
  const value = item?.[name] ?? 0;
  if (typeof value === 'number') return value;
  throw new InvalidRequestError('not a number');
}

/** Code points sort as UTF-8 bytes do; UTF-16 code units do not. */
function compare(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  for (const [i, character] of a.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
