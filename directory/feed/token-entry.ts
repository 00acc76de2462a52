import { isTokenExpiry } from '../cycles/token-warnings.ts';
import type { ItemChange } from '../store/item-change.ts';
import { parseItem } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { WatchedApplicationItemSchema } from '../store/tenant-items.ts';
import { newEntry } from './new-entry.ts';

/** What an application says whose secret token has come nearer to its end, or to it, by what the watcher found. */
export function tokenEntry(tenant: string, application: string, { before, after }: ItemChange): LogItem | undefined {
  if (after === undefined) return undefined;
  const { incidents, token, muted } = parseItem(WatchedApplicationItemSchema, after);
  const known = before === undefined ? {} : parseItem(WatchedApplicationItemSchema, before).incidents;
  const found = Object.entries(incidents).find(
    ([reason, { since }]) => isTokenExpiry(reason) && known[reason]?.since !== since,
  );
  if (found === undefined || token === undefined || muted) return undefined;
  const [reason, { since }] = found;
  return newEntry(tenant, ['token', application, token.credentialId, reason, since], {
    time: since,
    application,
    requestId: '',
    operation: 'token',
    facts: { reason, credentialId: token.credentialId, expiresAt: token.expiresAt },
  });
}
