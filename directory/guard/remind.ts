import type { DirectoryContext } from '../context.ts';
import { FORMAT } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { toStoredItem } from './guard-items.ts';
import { countHeld, readWindows } from './list-held.ts';

/** Less than a day, for the sweep does not begin at the same second every day. */
const PERIOD_MILLIS = 20 * 3_600_000;

/**
 * Writes on the window of each application of which requests are held how many they are: the change feed makes an event of
 * it, once a day.
 *
 * @returns How many applications are reminded of.
 */
export async function remindOfHeld({ table, tenant, now, newId }: DirectoryContext): Promise<number> {
  let reminded = 0;
  for (const [application, window] of await readWindows(table, tenant.name)) {
    const last = window.reminder?.at ?? window.tripped?.at;
    if (last !== undefined && now().getTime() - Date.parse(last) < PERIOD_MILLIS) continue;
    const held = await countHeld(table, tenant.name, application);
    if (held === undefined) continue;
    const reminder = { at: now().toISOString(), ...held };
    const after = toStoredItem({ ...window, reminder, version: window.version + 1, writeId: newId() });
    try {
      await table.writeOne({
        kind: 'put',
        item: { ...after, format: FORMAT },
        conditions: [{ kind: 'versionIs', version: window.version }],
      });
      reminded += 1;
    } catch (error) {
      // Somebody else has just written; the next sweep reminds.
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
  return reminded;
}
