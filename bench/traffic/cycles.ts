import { type Dialect, toOperation, toPatch } from '../../replay/dialect/dialect.ts';
import { toAddMembers, toRemoveMembers } from '../../replay/dialect/member-patch.ts';
import { toUserPatch } from '../../replay/dialect/user-patch.ts';
import { encodeQuery, equalsFilter } from '../../replay/http/query.ts';
import type { JsonObject } from '../../replay/json.ts';
import { getMapping } from '../../replay/mapping/mapping.ts';
import type { Client } from './client.ts';
import { idOf } from './client.ts';
import { type MappedPerson, map } from './people.ts';

/** With the flag: the dialect that the RFC has, which every server understands. */
const DIALECT: Dialect = 'flagged';

/** A person whom the directory has, by its id. */
export interface LinkedPerson {
  readonly id: string;
  readonly mapped: MappedPerson;
}

/** What Entra does for each new person of an initial cycle: looks them up, finds nobody, creates them. */
export async function provision(client: Client, mapped: MappedPerson): Promise<LinkedPerson> {
  await client.send(200, 'GET', lookupPath(mapped));
  return { id: idOf(await client.send(201, 'POST', '/Users', mapped.body)), mapped };
}

/** The query by which Entra asks whether a person is there already. */
export function lookupPath({ values }: MappedPerson): string {
  return `/Users${encodeQuery({ filter: equalsFilter('userName', String(values.get('userName'))) }, '%20')}`;
}

/** What Entra does for each changed person of an incremental cycle: fetches them, and patches what differs. */
export async function update(client: Client, linked: LinkedPerson, turn: number): Promise<LinkedPerson> {
  const { person } = linked.mapped;
  await client.send(200, 'GET', `/Users/${linked.id}`);
  const surname = `${person.surname.replace(/ \d+$/, '')} ${turn}`;
  const mapped = map({
    ...person,
    surname,
    displayName: `${person.givenName} ${surname}`,
    jobTitle: `Engineer ${turn}`,
  });
  await client.send(200, 'PATCH', `/Users/${linked.id}`, differenceOf(linked.mapped, mapped));
  return { id: linked.id, mapped };
}

/** As the replay writes it. */
function differenceOf(before: MappedPerson, after: MappedPerson): JsonObject {
  const changes = getMapping('default').attributes.flatMap(({ target }) => {
    const value = after.values.get(target.path);
    if (value === undefined || value === before.values.get(target.path)) return [];
    return [{ target, value, replaces: before.values.has(target.path) }];
  });
  return toUserPatch(changes, DIALECT, false);
}

export function addMembers(ids: readonly string[]): JsonObject {
  return toAddMembers(ids, DIALECT);
}

export function removeMembers(ids: readonly string[]): JsonObject {
  return toRemoveMembers(ids, DIALECT);
}

/** A PATCH that gives a group its name: something to write that is no member. */
export function rename(displayName: string): JsonObject {
  return toPatch([toOperation(DIALECT, 'replace', 'displayName', displayName)]);
}

export function groupBody(displayName: string, members: readonly string[] = []): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName,
    members: members.map((value) => ({ value })),
  };
}
