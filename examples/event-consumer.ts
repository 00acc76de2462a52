/** Of an event (docs/events.md), what this consumer needs. */
export interface DirectoryEvent {
  readonly type: string;
  readonly resource?: { readonly type: string; readonly id: string } | undefined;
  readonly sequence?: number | undefined;
  readonly data: {
    readonly changes?: readonly Change[] | undefined;
    readonly members?: readonly string[] | undefined;
    readonly [other: string]: unknown;
  };
}

interface Change {
  readonly path: string;
  readonly after?: unknown;
  readonly withheld?: true | undefined;
}

/** A copy of a tenant's directory, kept from events that come in any order, late and more than once. */
export class DirectoryCopy {
  /** Of each user and group what is known by name: the value, and the version of the resource that had it first. */
  readonly #known = new Map<string, Map<string, { readonly sequence: number; readonly value: unknown }>>();

  take({ type, resource, sequence = 0, data }: DirectoryEvent): void {
    if (resource === undefined) return;
    const known = this.#known.get(resource.id) ?? new Map();
    this.#known.set(resource.id, known);
    const learn = (name: string, value: unknown) => {
      // What is older than what is known is dropped, name by name: an event tells only what it changes.
      if (sequence > (known.get(name)?.sequence ?? -1)) known.set(name, { sequence, value });
    };
    learn(`version ${sequence}`, true);
    if (/created$|restored$/.test(type)) learn('exists', true);
    if (/deleted$|purged$/.test(type)) learn('exists', false);
    // What is withheld has changed to something that is not told: what was known of it is known no more.
    for (const { path, after, withheld } of data.changes ?? [])
      learn(`attribute ${path}`, withheld === true ? undefined : after);
    for (const id of data.members ?? []) learn(`member ${id}`, type === 'membership.added');
  }

  /** The attributes by path, or the members by id, as `kind` says; undefined of what is not there. */
  read(id: string, kind: 'attribute' | 'member'): ReadonlyMap<string, unknown> | undefined {
    const known = this.#known.get(id) ?? new Map();
    const exists = known.get('exists');
    if (exists?.value !== true) return undefined;
    // What was before the resource came, or came back, counts no more.
    const valid = [...known].filter(([, { sequence, value }]) => sequence >= exists.sequence && value !== undefined);
    const named = valid.filter(([name]) => name.startsWith(`${kind} `));
    const values = named.map(([name, { value }]) => [name.slice(kind.length + 1), value] as const);
    return new Map(values.filter(([, value]) => kind === 'attribute' || value === true));
  }

  /** Versions of which no event has come, though one of a later version has: ask for a replay if they stay away. */
  missing(id: string): readonly number[] {
    const known = this.#known.get(id) ?? new Map();
    const first = known.get('exists')?.sequence ?? 1;
    const last = Math.max(0, ...[...known.values()].map(({ sequence }) => sequence));
    const versions = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
    return versions.filter((version) => !known.has(`version ${version}`));
  }
}
