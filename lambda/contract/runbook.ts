/** Where the runbook lies unless it is published somewhere else. */
export const DEFAULT_RUNBOOK = 'docs/runbook.md';

/** Why the watcher takes an application for unhealthy; each has its article in the runbook, and its own metric. */
export const UNHEALTHY_REASONS = [
  'failures',
  'silent',
  'token-expires-within-30-days',
  'token-expires-within-7-days',
  'token-expired',
  'previous-token-in-use',
  'guard-tripped',
] as const;

/** The address of an article. @param runbook - Where the runbook is. @param article - Its heading as an anchor. */
export function runbookArticle(runbook: string, article: string): string {
  return `${runbook}#${article}`;
}
