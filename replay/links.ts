import type { Values } from './mapping/mapping.ts';

/** What an identity provider remembers of a user that it has written: it never reads back what became of it. */
export interface UserLink {
  /** The directory's id. */
  readonly id: string;
  readonly sent: Values;
  /** The directory's id of the manager that was written. */
  readonly managerId: string | undefined;
}

/** The same of a group. */
export interface GroupLink {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | undefined;
  /** Directory's ids. Changed in place, for memberships are written by several requests at once. */
  readonly members: Set<string>;
}

/** Upstream objects by objectId, and what was written for them: the state that the directory must end in. */
export class Links {
  readonly users = new Map<string, UserLink>();
  readonly groups = new Map<string, GroupLink>();

  /** The user is gone from the directory, and so from its groups. */
  removeUser(objectId: string): void {
    const link = this.users.get(objectId);
    if (link === undefined) return;
    this.users.delete(objectId);
    for (const group of this.groups.values()) group.members.delete(link.id);
  }

  /** The directory's ids of those people who have been written. */
  idsOf(objectIds: Iterable<string>): Set<string> {
    const ids = [...objectIds].map((objectId) => this.users.get(objectId)?.id);
    return new Set(ids.filter((id) => id !== undefined));
  }
}
