import { isJsonObject, type JsonValue } from '../json.ts';
import type { ResourceTypeName } from '../schema/types.ts';
import { normaliseText } from '../text.ts';
import { findTexts, toReference } from './references.ts';
import type { BulkOperation, BulkTarget } from './types.ts';

/** Something that steps take turns at. */
interface TurnKey {
  readonly name: string;
  /** Whether it need not wait for others that share it, only for who has it alone. */
  readonly shares: boolean;
}

/** Who had it last, alone or together. */
interface Turn {
  readonly alone: number | undefined;
  readonly sharing: readonly number[];
}

/** Who had which turn: steps take theirs one after the other, in the order in which they are planned. */
export class Turns {
  readonly #latest = new Map<string, Turn>();

  /** @returns The places of the steps that this one has to wait for. */
  take({ name, shares }: TurnKey, place: number): readonly number[] {
    const { alone, sharing } = this.#latest.get(name) ?? { alone: undefined, sharing: [] };
    this.#latest.set(name, shares ? { alone, sharing: [...sharing, place] } : { alone: place, sharing: [] });
    return !shares && sharing.length > 0 ? sharing : [alone].filter((step) => step !== undefined);
  }
}

/** What the steps of an operation take turns at: its resource, what it mentions that is deleted, the name it asks for. */
export function createKeyFinder(
  operations: readonly BulkOperation[],
): (operation: number, kind: 'perform' | 'link') => readonly TurnKey[] {
  const deleted = new Set(
    operations.flatMap((operation) =>
      operation.kind === 'change' && operation.method === 'DELETE' ? [nameOf(operation.target)] : [],
    ),
  );
  const mentions = (data: JsonValue): readonly TurnKey[] =>
    deleted.size === 0
      ? []
      : [...findTexts(data)].filter((text) => deleted.has(text)).map((name) => toKey('life', [name], true));
  return (place, kind) => {
    const operation = operations[place];
    switch (operation?.kind) {
      case 'creation': {
        const { type, bulkId, data } = operation;
        const names = kind === 'perform' ? claimedNames(type, data) : [];
        return [toKey('resource', [type, toReference(bulkId)]), ...names, ...mentions(data)];
      }
      case 'change': {
        const { method, type, target, data } = operation;
        const own = toKey('resource', [type, nameOf(target)]);
        if (method === 'DELETE') return [own, toKey('life', [nameOf(target)])];
        return [own, ...(method === 'PUT' ? claimedNames(type, data) : []), ...mentions(data)];
      }
      default:
        return [];
    }
  };
}

function nameOf(target: BulkTarget): string {
  return 'bulkId' in target ? toReference(target.bulkId) : target.id;
}

/** The `userName` or `displayName` that a body asks for: of two that ask for the same the first has it. */
function claimedNames(type: ResourceTypeName, data: JsonValue): readonly TurnKey[] {
  const claimed = type === 'User' ? 'username' : 'displayname';
  return Object.entries(isJsonObject(data) ? data : {}).flatMap(([name, value]) =>
    name.toLowerCase() === claimed && typeof value === 'string'
      ? [toKey('name', [type, normaliseText(value, false)])]
      : [],
  );
}

function toKey(kind: string, parts: readonly string[], shares = false): TurnKey {
  return { name: JSON.stringify([kind, ...parts]), shares };
}
