import type { Incident } from '../../directory/cycles/incidents.ts';
import { runbookArticle } from '../contract/runbook.ts';

/** SNS takes 256 KB, people a page. */
const MAX_INCIDENTS = 50;

/** What is sent to whoever is on duty. */
export interface Notice {
  /** At most 100 ASCII characters, as SNS wants it. */
  readonly subject: string;
  readonly message: string;
}

/** One notice of all that is new: a fault of the region may concern every tenant at once. */
export function toNotice(incidents: readonly Incident[], runbook: string): Notice {
  const tenants = [...new Set(incidents.map(({ tenant }) => tenant))];
  const who = tenants.length === 1 ? `tenant ${tenants.join('')} is` : `${tenants.length} tenants are`;
  const shown = incidents
    .slice(0, MAX_INCIDENTS)
    .map(
      ({ tenant, application, reason, cause, since }) =>
        `${tenant} / ${application}: ${reason}\n  ${cause}\n  Found ${since}. What to do: ${runbookArticle(runbook, reason)}\n`,
    );
  const rest = incidents.length - shown.length;
  const more = rest > 0 ? [`And ${rest} more.\n`] : [];
  const end = 'All of them: scim-stack cycles --unhealthy';
  return { subject: `scim-stack: ${who} unhealthy`, message: [...shown, ...more, end].join('\n') };
}
