import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BulkStep, planBulk } from '../../../../scim/bulk/plan.ts';
import { findReferences } from '../../../../scim/bulk/references.ts';
import type { BulkOperation } from '../../../../scim/bulk/types.ts';

const bulkId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'unknown');
const members = fc.array(
  fc.oneof(
    bulkId.map((id) => `bulkId:${id}`),
    fc.constantFrom('u1', 'u2'),
  ),
  { maxLength: 4 },
);
const target = fc.oneof(
  bulkId.map((id) => ({ bulkId: id })),
  fc.constantFrom({ id: 'u1' }, { id: 'u2' }),
);

const creation = fc.record({ bulkId, displayName: fc.constantFrom('x', 'y', 'Z'), members });
const change = fc.record({ method: fc.constantFrom('PUT', 'PATCH', 'DELETE'), target, members });

/** Any references between operations; of a bulkId there is one creation at most, as the parser has it. */
const operations = fc.array(fc.oneof(creation, change), { maxLength: 12 }).map((drawn): readonly BulkOperation[] => {
  const known = new Set<string>();
  return drawn.flatMap((one): BulkOperation[] => {
    if ('method' in one) {
      const data = one.method === 'DELETE' ? null : { members: one.members };
      return [{ ...one, kind: 'change', bulkId: undefined, type: 'Group', ifMatch: undefined, data }];
    }
    const { bulkId: own, ...data } = one;
    if (known.has(own) || own === 'unknown') return [];
    known.add(own);
    return [{ kind: 'creation', method: 'POST', bulkId: own, type: 'Group', data }];
  });
});

const referencesOf = (operation: BulkOperation | undefined): ReadonlySet<string> =>
  operation?.kind === 'creation' || operation?.kind === 'change' ? findReferences(operation.data) : new Set();

const creatorOf = (all: readonly BulkOperation[], id: string) =>
  all.findIndex((operation) => operation.kind === 'creation' && operation.bulkId === id);

const placeOf = (steps: readonly BulkStep[], kind: BulkStep['kind'], operation: number) =>
  steps.findIndex((step) => step.kind === kind && step.operation === operation);

/** The steps that must have ended before one may begin. */
function awaited(steps: readonly BulkStep[], place: number): ReadonlySet<number> {
  const found = new Set<number>();
  const visit = (from: number): void => {
    for (const one of steps[from]?.after ?? []) {
      if (!found.has(one)) {
        found.add(one);
        visit(one);
      }
    }
  };
  visit(place);
  return found;
}

/** Whether one operation refers to the other, by way of others too. */
function refersTo(all: readonly BulkOperation[], from: number, to: number, seen = new Set<number>()): boolean {
  return [...referencesOf(all[from])].some((id) => {
    const creator = creatorOf(all, id);
    if (creator === to) return true;
    if (creator === -1 || seen.has(creator)) return false;
    seen.add(creator);
    return refersTo(all, creator, to, seen);
  });
}

describe('planBulk', () => {
  it('performs every operation exactly once, and waits for nothing that comes later', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const steps = planBulk(all);
        const performed = steps.filter(({ kind }) => kind === 'perform').map(({ operation }) => operation);
        expect(performed.toSorted((left, right) => left - right)).toEqual([...all.keys()]);
        for (const [place, { after }] of steps.entries()) expect(after.every((one) => one < place)).toBe(true);
      }),
    );
  });

  it('has a creation before whatever refers to it, save where that closes a circle: then before the link', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const steps = planBulk(all);
        for (const [operation, one] of all.entries()) {
          const place = placeOf(steps, 'perform', operation);
          const detached = steps[place]?.detached ?? new Set();
          const link = placeOf(steps, 'link', operation);
          expect(link === -1).toBe(detached.size === 0);
          for (const id of referencesOf(one)) {
            const creator = creatorOf(all, id);
            if (creator === -1) continue;
            const created = placeOf(steps, 'perform', creator);
            if (detached.has(id)) {
              expect(one.kind).toBe('creation');
              expect(creator === operation || refersTo(all, creator, operation)).toBe(true);
              expect(awaited(steps, link).has(place)).toBe(true);
              if (creator !== operation) expect(awaited(steps, link).has(created)).toBe(true);
            } else {
              expect(awaited(steps, place).has(created)).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('keeps the order of those that change one resource, the creation first and whole', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const steps = planBulk(all);
        for (const [later, second] of all.entries()) {
          if (second.kind !== 'change') continue;
          const earlier = awaited(steps, placeOf(steps, 'perform', later));
          for (const [sooner, first] of all.slice(0, later).entries()) {
            const isSame = first.kind === 'change' && JSON.stringify(first.target) === JSON.stringify(second.target);
            if (isSame) expect(earlier.has(placeOf(steps, 'perform', sooner))).toBe(true);
          }
          const creator = 'bulkId' in second.target ? creatorOf(all, second.target.bulkId) : -1;
          for (const [place, { operation }] of steps.entries()) {
            if (operation === creator) expect(earlier.has(place)).toBe(true);
          }
        }
      }),
    );
  });
});
