import { toUserBody } from '../../replay/entra/user-body.ts';
import type { JsonObject } from '../../replay/json.ts';
import { getMapping, toValues, type Values } from '../../replay/mapping/mapping.ts';
import { Random } from '../../replay/random.ts';
import { completed, createPerson, type Person } from '../../replay/upstream/person.ts';

const mapping = getMapping('default');

/** A person, and what Entra sends of them by its default mapping. */
export interface MappedPerson {
  readonly person: Person;
  readonly values: Values;
  readonly body: JsonObject;
}

/** People as the replay invents them, enabled and with every detail, so that each costs the same; always the same. */
export function createPeople(seed: string, count: number): readonly MappedPerson[] {
  const random = new Random(`bench ${seed}`);
  return Array.from({ length: count }, (_, number) =>
    map(completed(createPerson(number, toMark(seed), random), random)),
  );
}

/** The person as Entra maps them. */
export function map(person: Person): MappedPerson {
  const values = toValues(mapping, person);
  return { person, values, body: toUserBody(mapping, values) };
}

function toMark(seed: string): string {
  return `b${Buffer.from(seed).toString('hex').slice(0, 10)}`;
}
