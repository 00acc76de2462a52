import { findReferences } from './references.ts';
import { createKeyFinder, Turns } from './turns.ts';
import type { BulkOperation } from './types.ts';

/** One step of a bulk request. Each operation has one that performs it; a creation in a circle has a second, its link. */
export interface BulkStep {
  readonly kind: 'perform' | 'link';
  /** Its place in the request, from 0. */
  readonly operation: number;
  /** Places of the steps that must have ended, all of them before this one. */
  readonly after: readonly number[];
  /** bulkIds whose references a creation leaves out, and its link adds. */
  readonly detached: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Plans the operations of a bulk request. Taken one after the other the steps do what the request says:
 *
 * - A creation comes before what refers to it, wherever the request has it. Where creations refer to each other in a
 *   circle, one is performed without the references that close it, and is linked once all of the circle is created.
 * - All else is in the order of the request.
 *
 * A step need not wait for every step before it, only for those in `after`: the creations that it refers to; what the
 * request has before it for the same resource; a deletion of what it mentions, as the deletion waits for those that
 * mention it before; and whoever was before it in asking for the same `userName` or `displayName`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7.1 RFC 7644 §3.7.1}
 */
export function planBulk(operations: readonly BulkOperation[]): readonly BulkStep[] {
  const references = operations.map(referencesOf);
  const creators = creatorsOf(operations);
  const order = inOrder(operations, references, creators);
  const keysOf = createKeyFinder(operations);
  const turns = new Turns();
  const performedAt = new Map<number, number>();
  return order.map(({ kind, operation, detached }, place): BulkStep => {
    const needed = kind === 'link' ? detached : references[operation];
    const after = new Set<number>();
    for (const bulkId of needed ?? NONE) {
      const created = performedAt.get(creators.get(bulkId) ?? -1);
      if (created !== undefined && (kind === 'link' || !detached.has(bulkId))) after.add(created);
    }
    const own = performedAt.get(operation);
    if (own !== undefined) after.add(own);
    for (const key of keysOf(operation, kind)) for (const before of turns.take(key, place)) after.add(before);
    if (kind === 'perform') performedAt.set(operation, place);
    return { kind, operation, after: [...after], detached };
  });
}

type Ordered = Omit<BulkStep, 'after'>;

/** The steps in an order in which they can be taken, found by walking from each operation to what it refers to. */
function inOrder(
  operations: readonly BulkOperation[],
  references: readonly ReadonlySet<string>[],
  creators: ReadonlyMap<string, number>,
): readonly Ordered[] {
  const order: Ordered[] = [];
  const state = new Map<number, 'open' | 'ordered'>();
  for (const root of operations.keys()) {
    const links: Ordered[] = [];
    const path: { readonly operation: number; readonly left: string[]; readonly detached: Set<string> }[] = [];
    const enter = (operation: number) => {
      state.set(operation, 'open');
      path.push({ operation, left: [...(references[operation] ?? NONE)].reverse(), detached: new Set() });
    };
    if (!state.has(root)) enter(root);
    for (let current = path.at(-1); current !== undefined; current = path.at(-1)) {
      const { operation, left, detached } = current;
      const bulkId = left.pop();
      const creator = bulkId === undefined ? undefined : creators.get(bulkId);
      if (bulkId === undefined) {
        path.pop();
        state.set(operation, 'ordered');
        // Only creations are walked to: all that this change comes after is there, and can be linked.
        if (operations[operation]?.kind === 'change') order.push(...links.splice(0));
        order.push({ kind: 'perform', operation, detached });
        if (detached.size > 0) links.push({ kind: 'link', operation, detached });
      } else if (creator !== undefined && state.get(creator) === 'open') {
        // What is walked from is what waits for this one: here the circle is opened.
        detached.add(bulkId);
      } else if (creator !== undefined && !state.has(creator)) {
        enter(creator);
      }
    }
    order.push(...links);
  }
  return order;
}

/** Which operation creates what a bulkId stands for; of an ambiguous one the first, which is faulty. */
function creatorsOf(operations: readonly BulkOperation[]): ReadonlyMap<string, number> {
  const creators = new Map<string, number>();
  for (const [place, { method, bulkId }] of operations.entries()) {
    if (method === 'POST' && bulkId !== undefined && !creators.has(bulkId)) creators.set(bulkId, place);
  }
  return creators;
}

function referencesOf(operation: BulkOperation): ReadonlySet<string> {
  switch (operation.kind) {
    case 'creation':
      return findReferences(operation.data);
    case 'change': {
      const { target, data } = operation;
      return new Set([...findReferences(data), ...('bulkId' in target ? [target.bulkId] : [])]);
    }
    case 'faulty':
      return NONE;
  }
}
