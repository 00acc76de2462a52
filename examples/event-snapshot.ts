import type { DirectoryEvent } from './event-consumer.ts';

/** A line of the snapshot export; the kinds that are not listed (tenant, policy, owners and so on) tell of no resource. */
export type SnapshotLine =
  | {
      readonly kind: 'user' | 'group' | 'deletedUser' | 'deletedGroup';
      readonly sequence: number;
      readonly resource: object;
    }
  | { readonly kind: 'membership'; readonly sequence: number; readonly group: string; readonly member: string }
  | { readonly kind: 'tenant' | 'application' | 'schema' | 'index' | 'policy' | 'owners' | 'ownership' };

/** What a line says, as an event would: so a copy begins with a snapshot and goes on with events, whichever comes first. */
export function toEvent(line: SnapshotLine): DirectoryEvent | undefined {
  switch (line.kind) {
    case 'user':
    case 'group': {
      const data = { changes: leavesOf(line.resource, '') };
      return { type: `${line.kind}.restored`, resource: nameOf(line.resource), sequence: line.sequence, data };
    }
    case 'deletedUser':
    case 'deletedGroup':
      return { type: 'deleted', resource: nameOf(line.resource), sequence: line.sequence, data: {} };
    case 'membership': {
      const { group: id, member, sequence } = line;
      return { type: 'membership.added', resource: { type: 'Group', id }, sequence, data: { members: [member] } };
    }
    default:
      return undefined;
  }
}

function nameOf(resource: object): { readonly type: string; readonly id: string } {
  return { type: '', id: 'id' in resource ? String(resource.id) : '' };
}

/** Attributes by path, as events name them: a complex one by its parts, a multi-valued one as a whole. */
function leavesOf(value: object, prefix: string): readonly { readonly path: string; readonly after: unknown }[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (prefix === '' && ['id', 'meta', 'schemas'].includes(name)) return [];
    const path = `${prefix}${name}`;
    const isNested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isNested ? leavesOf(inner, `${path}${name.startsWith('urn:') ? ':' : '.'}`) : [{ path, after: inner }];
  });
}
