import type { JsonObject } from '../../scim/json.ts';
import { parsePatchBody } from '../../scim/patch/parse.ts';
import type { DirectoryContext } from '../context.ts';
import { inParts } from '../in-parts.ts';
import { heldAdditionKey } from '../store/access-keys.ts';
import type { PutAction } from '../store/item-table.ts';
import { FORMAT, type ResourceItem } from '../store/items.ts';
import { isResourceId } from '../store/keys.ts';
import { MAX_ACTIONS } from '../store/limits.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import type { Admission, Intent } from './admission.ts';
import type { HeldWrite } from './held-write.ts';
import { changeMarks, type Marks, marksWithout } from './marks.ts';

/** What a request's statement has come to. */
type Stated = Pick<Admission, 'before' | 'settles'>;

/**
 * Takes in what a request that is not held says against what is: that a user is active, who is in a group or is made a
 * member, that a group is in use. Whoever says so, and though it changes nothing, it ends what was held before.
 *
 * @returns The resource with the marks that it has from now on; `again` where it is no longer as it was read.
 */
export async function takeStatement(
  context: DirectoryContext,
  write: HeldWrite,
  before: ResourceItem,
  intent: Intent,
): Promise<Stated | 'again'> {
  if (before.held === undefined) return { before };
  const isAboutAll =
    before.type === 'User'
      ? statesActive(context, write, intent.attributes ?? before.attributes)
      : intent.memberChanges.some(({ kind }) => kind === 'clear');
  if (isAboutAll) {
    // The write of the request itself takes the marks away; where it has none, one of their own.
    if (intent.attributes !== undefined) return { before, settles: true };
    return await writeMarks(context, before, {}, []);
  }
  if (before.type === 'User') return { before };
  const added = intent.memberChanges.flatMap((change) => (change.kind === 'add' ? change.ids : []));
  if (added.length === 0 && write.method !== 'PUT') return { before };
  const marks = marksWithout(before, (_, { deletion }) => deletion === true);
  const isSame = Object.keys(marks).length === Object.keys(before.held).length;
  return isSame && added.length === 0 ? { before } : await writeMarks(context, before, marks, added);
}

/** Writes the marks, and who was made a member: a transaction for one as for some ninety. */
async function writeMarks(
  context: DirectoryContext,
  before: ResourceItem,
  marks: Marks,
  added: readonly string[],
): Promise<Stated | 'again'> {
  const tenant = context.tenant.name;
  const additions = added.filter(isResourceId).flatMap((id) =>
    Object.entries(marks).map(([application, mark]) => ({
      key: heldAdditionKey(tenant, application, before.sk, id),
      hold: mark.id,
    })),
  );
  let resource = before;
  for (const part of additions.length === 0 ? [[]] : inParts(additions, MAX_ACTIONS - 1)) {
    const { action, after, count } = changeMarks(resource, marks);
    const puts = part.map(({ key, hold }): PutAction => {
      const addition = { type: before.type, id: before.sk, kind: 'addition', hold, order: count };
      return { kind: 'put', item: { ...key, ...addition, format: FORMAT } };
    });
    try {
      await (puts.length === 0 ? context.table.writeOne(action) : context.table.write([action, ...puts]));
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      return 'again';
    }
    resource = after;
  }
  return { before: resource };
}

/** A PUT says all; a PATCH says so where it speaks of the attribute. */
function statesActive({ tenant }: DirectoryContext, { method, type, body }: HeldWrite, after: JsonObject): boolean {
  if (after['active'] === false) return false;
  if (method !== 'PATCH' || body === undefined) return method === 'PUT';
  const operations = parsePatchBody(tenant.schemas[type], body);
  return operations.some(({ path }) => path?.attribute.name.toLowerCase() === 'active');
}
