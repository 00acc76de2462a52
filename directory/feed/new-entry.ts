import { createHash } from 'node:crypto';
import { type JsonObject, member } from '../../scim/json.ts';
import type { LogItem, Names } from '../store/log-items.ts';
import { logKey } from '../store/log-keys.ts';

/** An entry without what {@link newEntry} fills in. */
export type EntryFacts = Pick<LogItem, 'time' | 'application' | 'requestId' | 'operation'> & Partial<LogItem>;

/**
 * An entry of the log about something that succeeded.
 *
 * @param of - What makes the change the one that it is: of the same, the entry has the same id.
 */
export function newEntry(tenant: string, of: readonly (string | number)[], facts: EntryFacts): LogItem {
  const id = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 32);
  return {
    outcome: 'success',
    names: {},
    changes: [],
    membersAdded: [],
    membersRemoved: [],
    ...facts,
    ...logKey(tenant, facts.time, id),
    id,
  };
}

/** What the resource is called. */
export function namesOf(attributes: JsonObject): Names {
  const names: Names = {};
  for (const name of ['userName', 'externalId', 'displayName'] as const) {
    const value = member(attributes, name);
    if (typeof value === 'string') names[name] = value;
  }
  return names;
}
