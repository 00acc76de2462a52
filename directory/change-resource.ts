import { preconditionFailed } from '../scim/errors.ts';
import { matchesVersion, type VersionCondition } from '../scim/etag.ts';
import { isSameJson, type JsonObject } from '../scim/json.ts';
import type { MemberChange, PatchResult } from '../scim/patch/types.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { Change } from './change.ts';
import { commitChange } from './commit-change.ts';
import type { DirectoryContext } from './context.ts';
import { toDone } from './done.ts';
import type { Admission, Gate } from './guard/admission.ts';
import { findStaying, type NetChanges, needsMembers, toNetChanges } from './member-changes.ts';
import { readMembers } from './read-memberships.ts';
import { readResource } from './read-resource.ts';
import { stillUnderWay, tooManyMemberChanges } from './refusals.ts';
import type { Done } from './resource-view.ts';
import type { ResourceItem } from './store/items.ts';
import { finishJournal, helpingShare } from './store/journal.ts';

/**
 * Reads a resource, lets `change` say what shall become of it, and writes that; begins again whenever the resource is no
 * longer as it was read, so that no change of another client is lost.
 *
 * @param change - Pure; called once for every attempt.
 * @param gate - Asked before anything is written.
 * @returns What was done; the item after it, undefined where members alone were changed and so the version is not known.
 * @throws ScimError 404; 412 where `ifMatch` does not hold; 503 where the change is binding but not whole in time; 400 where
 * it is of too many members; whatever `change` throws; as {@link commitChange}.
 */
export async function changeResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  ifMatch: VersionCondition | undefined,
  change: (attributes: JsonObject) => PatchResult,
  gate?: Gate,
): Promise<{ readonly item: ResourceItem | undefined; readonly done: Done }> {
  for (;;) {
    const found = await readSettled(context, type, id);
    assertMatches(ifMatch, found.version);
    const { attributes: wanted, memberChanges } = change(found.attributes);
    const attributes = isSameJson(found.attributes, wanted) ? undefined : wanted;
    const asked = { attributes, members: await netChanges(context, id, memberChanges), memberChanges };
    const admitted: Admission | 'again' =
      gate === undefined ? { before: found, ...asked } : await gate.admitChange(found, asked);
    if (admitted === 'again') continue;
    const { before, isBound, settles } = admitted;
    const outcome = await commitChange(context, {
      type,
      id,
      before,
      attributes: admitted.attributes,
      members: admitted.members,
      settles,
      versionBound: isBound === true || ifMatch !== undefined || needsMembers(memberChanges),
    } satisfies Change);
    switch (outcome.kind) {
      case 'written':
        // The same request again finds nothing to change but what it has to wait for.
        if (!outcome.isWhole) throw stillUnderWay(outcome.members);
        return { item: outcome.item, done: toDone(before, outcome) };
      case 'unchanged':
        return { item: before, done: toDone(before, outcome) };
      case 'stale':
        break;
    }
  }
}

/** The resource's item with no long write under way: one that is met is finished first. */
export async function readSettled(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
): Promise<ResourceItem> {
  for (;;) {
    const item = await readResource(context, type, id);
    if (item.journal === undefined) return item;
    const journal = { tenant: context.tenant.name, type, resourceId: id, journalId: item.journal };
    await finishJournal(context.table, journal, helpingShare(context.newId()));
  }
}

/** @throws ScimError 412 when the condition does not hold. */
export function assertMatches(ifMatch: VersionCondition | undefined, version: number): void {
  if (ifMatch !== undefined && !matchesVersion(ifMatch, version)) {
    throw preconditionFailed('the resource has changed since the version in If-Match; read it again');
  }
}

/**
 * What the changes come to. Where that depends on who is a member, all members are read, unless more of them would leave
 * than a request may change: that is refused as soon as it is known.
 */
async function netChanges(
  context: DirectoryContext,
  groupId: string,
  changes: readonly MemberChange[],
): Promise<NetChanges> {
  if (!needsMembers(changes)) return toNetChanges(changes, undefined);
  const { settings } = context.tenant;
  const staying = findStaying(changes);
  let leaving = 0;
  const members = await readMembers(context, groupId, (page) => {
    if (staying === undefined) return;
    leaving += page.filter(({ id }) => !staying.has(id)).length;
    if (leaving > settings.maxMemberChanges) {
      throw tooManyMemberChanges(`more than ${settings.maxMemberChanges}`, settings);
    }
  });
  return toNetChanges(changes, members);
}
