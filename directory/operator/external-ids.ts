import { member } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { parseItem, ResourceItemSchema } from '../store/items.ts';
import { resourcePartition } from '../store/keys.ts';

/** What the users' externalIds look like. */
export interface ExternalIdReport {
  /** Users looked at. */
  readonly users: number;
  /** Those whose externalId is no GUID: a mapping from something that may change or be shared. */
  readonly suspect: number;
  /** Ids of some of them. */
  readonly examples: readonly string[];
  readonly next?: string;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PAGES = 10;
const MAX_EXAMPLES = 10;

/**
 * Counts users whose externalId is no GUID. Entra maps it from mailNickname unless told otherwise, which is neither
 * unique nor lasting; careful set-ups map it from objectId.
 *
 * @param after - The `next` of the stretch before.
 */
export async function checkExternalIds(
  { table, tenant }: DirectoryContext,
  after: string | undefined,
): Promise<ExternalIdReport> {
  const pk = resourcePartition(tenant.name, 'User');
  const examples: string[] = [];
  let users = 0;
  let suspect = 0;
  let position = after;
  for (let n = 0; n < PAGES; n++) {
    const page = await table.query({ pk, consistent: false, ...(position === undefined ? {} : { after: position }) });
    for (const item of page.items) {
      const { sk: id, attributes } = parseItem(ResourceItemSchema, item);
      const externalId = member(attributes, 'externalId');
      users += 1;
      if (typeof externalId !== 'string' || GUID.test(externalId)) continue;
      suspect += 1;
      if (examples.length < MAX_EXAMPLES) examples.push(id);
    }
    position = page.next;
    if (position === undefined) return { users, suspect, examples };
  }
  return { users, suspect, examples, ...(position === undefined ? {} : { next: position }) };
}
