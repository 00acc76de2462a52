/** Just enough of PATCH, paths and filters for the tiny server; loose where a real directory must be strict. */
export type Draft = Record<string, unknown>;

export function isRecord(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** `holder` and `key` of what a path without brackets means. */
function locate(resource: Draft, path: string, create: boolean): { holder: Draft; key: string } | undefined {
  const extension = /^(urn:.*):(\w+)(?:\.\w+)?$/.exec(path);
  const [outer, key] =
    extension !== null
      ? [extension[1] ?? '', extension[2] ?? '']
      : path === 'manager'
        ? [ENTERPRISE, 'manager']
        : path.includes('.')
          ? [path.split('.')[0] ?? '', path.split('.')[1] ?? '']
          : ['', path];
  if (outer === '') return { holder: resource, key };
  if (!isRecord(resource[outer])) {
    if (!create) return undefined;
    resource[outer] = {};
  }
  const holder = resource[outer];
  return isRecord(holder) ? { holder, key } : undefined;
}

/** Whether one `path eq "value"` holds. */
export function equals(resource: Draft, path: string, value: string): boolean {
  const isExact = path === 'id' || path === 'externalId';
  const same = (actual: unknown): boolean =>
    typeof actual === 'string' && (isExact ? actual === value : actual.toLowerCase() === value.toLowerCase());
  const typed = /^(\w+)\[type eq "(\w+)"\]\.(\w+)$/.exec(path);
  if (typed !== null) {
    return listOf(resource[typed[1] ?? '']).some(
      (entry) => isRecord(entry) && entry['type'] === typed[2] && same(entry[typed[3] ?? '']),
    );
  }
  if (path === 'members') return listOf(resource['members']).some((entry) => isRecord(entry) && same(entry['value']));
  const place = locate(resource, path, false);
  const actual = place?.holder[place.key];
  return same(isRecord(actual) ? actual['value'] : actual);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (isRecord(value) && value['value'] === '');
}

/** Applies a PATCH body to the resource, in place. */
export function applyPatch(resource: Draft, body: Draft): void {
  for (const operation of listOf(body['Operations'])) {
    if (!isRecord(operation)) continue;
    const op = String(operation['op']).toLowerCase();
    const path = operation['path'];
    if (typeof path === 'string') applyAt(resource, op, path, operation['value']);
    else if (isRecord(operation['value'])) {
      for (const [key, value] of Object.entries(operation['value'])) applyAt(resource, op, key, value);
    }
  }
}

function applyAt(resource: Draft, op: string, path: string, value: unknown): void {
  if (path === 'members' || path.startsWith('members[')) {
    applyToMembers(resource, op, path, value);
    return;
  }
  if (path === 'id' || path === 'password') return;
  const typed = /^(\w+)\[type eq "(\w+)"\]\.(\w+)$/.exec(path);
  if (typed !== null) {
    const [, attribute = '', type, sub = ''] = typed;
    const entries = listOf(resource[attribute]).filter(isRecord);
    const entry = entries.find((candidate) => candidate['type'] === type) ?? { type };
    if (isEmpty(value)) delete entry[sub];
    else entry[sub] = value;
    const others = entries.filter((other) => other !== entry);
    resource[attribute] = Object.keys(entry).length > 1 ? [...others, entry] : others;
    return;
  }
  const place = locate(resource, path, true);
  if (place === undefined) return;
  if (isEmpty(value) || op === 'remove') delete place.holder[place.key];
  else if (path === 'active') place.holder['active'] = String(value).toLowerCase() === 'true';
  else place.holder[place.key] = place.key === 'manager' ? toManager(value) : value;
}

/** A bare id, an object or a list of one becomes the object. */
export function toManager(value: unknown): Draft {
  const first = Array.isArray(value) ? value[0] : value;
  return { value: isRecord(first) ? first['value'] : first };
}

function applyToMembers(resource: Draft, op: string, path: string, value: unknown): void {
  const current = listOf(resource['members']).filter(isRecord);
  const single = /^members\[value eq "(.*)"\]$/.exec(path)?.[1];
  const ids =
    single === undefined ? listOf(value).map((entry) => (isRecord(entry) ? entry['value'] : entry)) : [single];
  const kept = op === 'replace' ? [] : current.filter((entry) => !ids.includes(entry['value']));
  resource['members'] = op === 'remove' ? kept : [...kept, ...ids.map((id) => ({ value: id }))];
}
