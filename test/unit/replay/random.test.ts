import { describe, expect, it } from 'vitest';
import { Random } from '../../../replay/random.ts';

function draw(random: Random): number[] {
  return Array.from({ length: 50 }, () => random.next());
}

describe('Random', () => {
  it('yields the same numbers for the same seed, and others for another', () => {
    expect(draw(new Random('a'))).toEqual(draw(new Random('a')));
    expect(draw(new Random('a'))).not.toEqual(draw(new Random('b')));
  });

  it('has streams that do not depend on what is drawn elsewhere', () => {
    const random = new Random('a');
    const before = draw(random.fork('x'));
    draw(random);
    expect(draw(random.fork('x'))).toEqual(before);
    expect(draw(random.fork('y'))).not.toEqual(before);
  });

  it('stays below its limit and reaches all of it', () => {
    const random = new Random('a');
    expect(new Set(Array.from({ length: 200 }, () => random.below(4)))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('samples without repetition, and all where there are fewer', () => {
    const random = new Random('a');
    expect(new Set(random.sample([1, 2, 3, 4, 5], 3)).size).toBe(3);
    expect(random.sample([1, 2], 5).toSorted()).toEqual([1, 2]);
  });

  it('makes version 4 UUIDs, no two alike', () => {
    const random = new Random('a');
    const uuids = Array.from({ length: 100 }, () => random.uuid());
    expect(new Set(uuids).size).toBe(100);
    for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('refuses to pick from nothing', () => {
    expect(() => new Random('a').pick([])).toThrow('nothing to pick from');
  });
});
