import type { JsonObject } from '../../scim/json.ts';
import { parsePatchBody } from '../../scim/patch/parse.ts';
import type { DirectoryContext } from '../context.ts';
import { inParts } from '../in-parts.ts';
import { saidMemberKey } from '../store/access-keys.ts';
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
    return await writeMarks(context, before, {}, new Map());
  }
  if (before.type === 'User') return { before };
  const said = membersSaid(intent);
  const isInUse = write.method === 'PUT' || [...said.values()].includes(true);
  const marks = isInUse ? marksWithout(before, (_, { deletion }) => deletion === true) : before.held;
  const isSame = Object.keys(marks).length === Object.keys(before.held).length;
  return isSame && said.size === 0 ? { before } : await writeMarks(context, before, marks, said);
}

/** Who is a member by what a request says, and who is none; the last word of each counts. */
function membersSaid({ memberChanges, members }: Intent): ReadonlyMap<string, boolean> {
  const said = new Map<string, boolean>();
  for (const change of memberChanges) {
    if (change.kind === 'clear') said.clear();
    else if (change.kind === 'removeMatching') for (const id of members.remove) said.set(id, false);
    else for (const id of change.ids) said.set(id, change.kind === 'add');
  }
  return said;
}

/** Writes the marks, and who was said to be a member: a transaction for one as for some ninety. */
async function writeMarks(
  context: DirectoryContext,
  before: ResourceItem,
  marks: Marks,
  said: ReadonlyMap<string, boolean>,
): Promise<Stated | 'again'> {
  const tenant = context.tenant.name;
  const members = [...said].flatMap(([id, isMember]) =>
    Object.entries(isResourceId(id) ? marks : {}).map(([application, mark]) => ({
      key: saidMemberKey(tenant, application, before.sk, id),
      hold: mark.id,
      isMember,
    })),
  );
  let resource = before;
  for (const part of members.length === 0 ? [[]] : inParts(members, MAX_ACTIONS - 1)) {
    const { action, after, count } = changeMarks(resource, marks);
    const puts = part.map(({ key, ...facts }): PutAction => {
      const member = { type: before.type, id: before.sk, kind: 'member', ...facts, order: count };
      return { kind: 'put', item: { ...key, ...member, format: FORMAT } };
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
