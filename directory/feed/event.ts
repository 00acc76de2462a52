import type { Tenant, TenantSettings } from '../context.ts';
import type { Key } from '../store/item-table.ts';
import type { ChangedValue, LogItem, LogOperation, Names } from '../store/log-items.ts';
import { logKey } from '../store/log-keys.ts';
import { type DirectoryEvent, DirectoryEventSchema, type EventType } from './event-schemas.ts';

/** Where events go: the event bus and webhooks of a deployment, standard output, a test. */
export interface EventPublisher {
  /**
   * Publishes all of them, in any order; a repeat publishes them again.
   *
   * @throws where one may not have been published: all are given again later.
   */
  publish(tenant: Pick<Tenant, 'name' | 'settings'>, events: readonly DirectoryEvent[]): Promise<void>;
}

type LetOut = Pick<TenantSettings, 'eventAttributes'>;

const USER_EVENTS: Partial<Record<LogOperation, EventType>> = {
  create: 'user.created',
  update: 'user.updated',
  deactivate: 'user.deactivated',
  reactivate: 'user.reactivated',
  delete: 'user.deleted',
  restore: 'user.restored',
  relink: 'user.restored',
  purge: 'user.purged',
};
const GROUP_EVENTS: Partial<Record<LogOperation, EventType>> = {
  create: 'group.created',
  update: 'group.updated',
  delete: 'group.deleted',
};

/**
 * The events that an entry of the log stands for; none where the directory did not change. Pure: of the same entry always
 * the same ids, so that a consumer knows again what is published twice. Values are in them only where the tenant lets them
 * out.
 */
export function toEvents(tenant: string, entry: LogItem, settings: LetOut): readonly DirectoryEvent[] {
  if (entry.outcome !== 'success') return [];
  const event = (type: EventType, data: object): DirectoryEvent =>
    DirectoryEventSchema.parse({ ...envelopeOf(tenant, entry, type), data });
  const events: DirectoryEvent[] = [];
  const type = typeOf(entry);
  if (type !== undefined) events.push(event(type, dataOf(entry, settings)));
  const { membersAdded, membersRemoved } = entry;
  if (membersAdded.length > 0) events.push(event('membership.added', { members: membersAdded }));
  if (membersRemoved.length > 0) events.push(event('membership.removed', { members: membersRemoved }));
  return events;
}

/** Where the log has the entry that the event was derived from. */
export function logKeyOfEvent({ tenant, id, time }: Pick<DirectoryEvent, 'tenant' | 'id' | 'time'>): Key {
  return logKey(tenant, time, id.slice(0, id.indexOf('.')));
}

/** That only members came and went is told by the memberships. */
function typeOf({ operation, resource, changes, membersAdded, membersRemoved }: LogItem): EventType | undefined {
  if (operation === 'cycle') return 'cycle.completed';
  if (operation === 'token') return 'token.expiring';
  if (operation === 'transfer') return 'ownership.transferred';
  if (operation === 'role') return 'access-role.changed';
  if (operation === 'guard') return 'guard.tripped';
  if (operation === 'update' && changes.length === 0 && membersAdded.length + membersRemoved.length > 0) {
    return undefined;
  }
  return (resource?.type === 'Group' ? GROUP_EVENTS : USER_EVENTS)[operation];
}

function envelopeOf(tenant: string, entry: LogItem, type: EventType): object {
  const { id, time, application, requestId, resource, version } = entry;
  return {
    id: `${id}.${type}`,
    type,
    time,
    tenant,
    application,
    ...(requestId === '' ? {} : { requestId }),
    ...(resource?.id === undefined ? {} : { resource: { type: resource.type, id: resource.id } }),
    ...(version === undefined ? {} : { sequence: version }),
  };
}

function dataOf({ operation, names, changes, facts, transfer, role, purged }: LogItem, settings: LetOut): object {
  if (transfer !== undefined) return transfer;
  if (role !== undefined) return role;
  if (facts !== undefined) return facts;
  return {
    names: namesLetOut(names, settings),
    changes: changes.map((change) => toEventChange(change, settings)),
    ...(purged === true ? { purged } : {}),
    ...(operation === 'restore' ? { by: 'operator' } : {}),
    ...(operation === 'relink' ? { by: 'identity provider' } : {}),
  };
}

function namesLetOut(names: Names, settings: LetOut): Names {
  return Object.fromEntries(Object.entries(names).filter(([name]) => isLetOut(name, settings)));
}

function toEventChange(change: ChangedValue, settings: LetOut): object {
  const { path, before, after } = change;
  const isHeld = before === undefined && after === undefined;
  return isHeld || !isLetOut(path, settings) ? { path, withheld: true } : change;
}

/** Whether the tenant lets out the attribute, or what it is below. */
function isLetOut(path: string, { eventAttributes }: LetOut): boolean {
  return eventAttributes.some(
    (letOut) => letOut === '*' || path === letOut || path.startsWith(`${letOut}.`) || path.startsWith(`${letOut}:`),
  );
}
