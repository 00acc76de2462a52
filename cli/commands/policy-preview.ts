import type * as z from 'zod';
import type { Difference, Move, PolicyMapping } from '../../lambda/contract/access-routes.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import type { Session } from '../session.ts';
import { counted } from '../text/table.ts';

/** What a policy would change, of all users. */
export interface Preview {
  readonly differences: readonly Difference[];
  /** Mappings whose group is not there. */
  readonly missingGroups: readonly PolicyMapping[];
  readonly users: number;
  /** From a role to a role, the most users first; also of those that keep theirs. */
  readonly moves: readonly Move[];
}

/** Asks for stretch after stretch of the users and adds up, telling how far it is. */
export async function readPreview(
  { terminal }: Session,
  api: AdminClient,
  tenant: string,
  policy: z.core.util.JSONType,
): Promise<Preview> {
  const moves = new Map<string, Move>();
  let users = 0;
  let differences: readonly Difference[] = [];
  const missingGroups: PolicyMapping[] = [];
  try {
    const pages = pagesOf((after) => {
      const position = after === undefined ? {} : { after };
      return api.call('previewPolicy', { path: { tenant }, body: { policy, ...position } });
    });
    for await (const page of pages) {
      users += page.users;
      differences = page.differences;
      missingGroups.push(...page.missingGroups);
      for (const { from, to, users: more } of page.moves) {
        const key = JSON.stringify([from, to]);
        moves.set(key, { from, to, users: (moves.get(key)?.users ?? 0) + more });
      }
      terminal.progress(`${tenant}: ${counted(users, 'user')} looked at`);
    }
  } finally {
    terminal.endProgress();
  }
  const sorted = [...moves.values()].toSorted((left, right) => right.users - left.users);
  return { differences, missingGroups, users, moves: sorted };
}
