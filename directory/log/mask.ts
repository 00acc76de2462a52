import type { ChangedValue, LogItem, Names } from '../store/log-items.ts';
import { strikeQuotations } from './strike-quotations.ts';

/**
 * An entry without personal values: names by their first letters, of changes the paths alone, details without what they
 * quote. A group's names are no person's and stay.
 */
export function maskEntry<Entry extends LogItem>(entry: Entry): Entry {
  const { names, changes, detail, resource } = entry;
  return {
    ...entry,
    names: resource?.type === 'Group' ? names : maskNames(names),
    changes: changes.map(({ path }): ChangedValue => ({ path })),
    ...(detail === undefined ? {} : { detail: strikeQuotations(detail) }),
  };
}

function maskNames({ userName, externalId, displayName }: Names): Names {
  return {
    ...(userName === undefined ? {} : { userName: maskText(userName) }),
    ...(externalId === undefined ? {} : { externalId: maskText(externalId) }),
    ...(displayName === undefined ? {} : { displayName: maskText(displayName) }),
  };
}

/** `ada@example.com` is `a…@e…`. */
export function maskText(text: string): string {
  return text
    .split('@')
    .map((part) => `${[...part][0] ?? ''}…`)
    .join('@');
}
