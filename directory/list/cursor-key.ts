import { createHash } from 'node:crypto';
import type { DirectoryContext } from '../context.ts';
import { parseItem } from '../store/items.ts';
import { ignoringRefusal } from '../store/journal.ts';
import { TenantItemSchema } from '../store/tenant-items.ts';
import { tenantKey } from '../store/tenant-keys.ts';

/**
 * The random key of the tenant's cursors. A tenant gets its own with its first cursor: whoever comes first writes it, all
 * others take it from there.
 */
export async function cursorKeyOf(context: DirectoryContext): Promise<Buffer> {
  const { table, tenant } = context;
  const known = tenant.cursorKey ?? (await readCursorKey(context));
  if (known !== undefined) return decode(known);
  const cursorKey = newCursorKey(context);
  await ignoringRefusal(
    table.writeOne({
      kind: 'update',
      key: tenantKey(tenant.name),
      set: { cursorKey },
      conditions: [{ kind: 'exists' }, { kind: 'absent', attribute: 'cursorKey' }],
    }),
  );
  return decode((await readCursorKey(context)) ?? cursorKey);
}

async function readCursorKey({ table, tenant }: DirectoryContext): Promise<string | undefined> {
  const item = await table.get(tenantKey(tenant.name));
  return item === undefined ? undefined : parseItem(TenantItemSchema, item).cursorKey;
}

/** Two random UUIDs have 244 random bits. */
function newCursorKey({ newId }: DirectoryContext): string {
  return createHash('sha256').update(newId()).update(newId()).digest('base64url');
}

function decode(key: string): Buffer {
  return Buffer.from(key, 'base64url');
}
