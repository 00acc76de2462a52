import type { Command } from 'commander';
import type { CheckFinding } from '../../lambda/contract/admin-messages.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';
import { counted, toTable } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface Finding extends CheckFinding {
  readonly tenant: string;
}

/** `check` */
export const addCheck: CommandSet = (program, open) => {
  program
    .command('check')
    .argument('[tenant]', 'its name; every tenant of the region where it is left out', parseName)
    .option('--repair', 'mend what can be mended without a doubt')
    .description('checks that the table holds together: unique values, indexes, counters, both halves of memberships')
    .addHelpText(
      'after',
      `${toExamples(
        ['check', 'all tenants of the region'],
        ['check acme --repair', 'after the table was restored from a backup'],
      )}

Ends with 1 where something is left that is not right. Reads the whole tenant: on a large one this takes its time, and
costs as many read units.`,
    )
    .action(async (tenant: string | undefined, { repair = false }: { repair?: boolean }, command: Command) => {
      await check(open(command), tenant, repair);
    });
};

async function check(session: Session, asked: string | undefined, repair: boolean): Promise<void> {
  const { api } = await session.connect();
  const tenants = asked === undefined ? await listNames(api) : [asked];
  const findings: Finding[] = [];
  let checked = 0;
  try {
    for (const tenant of tenants) {
      const pages = pagesOf((after) => {
        const position = after === undefined ? {} : { after };
        return api.call('checkTenant', { path: { tenant }, body: { repair, ...position } });
      });
      for await (const page of pages) {
        checked += page.checked;
        findings.push(...page.findings.map((finding) => ({ ...finding, tenant })));
        session.terminal.progress(`${tenant}: ${checked} items checked, ${counted(findings.length, 'finding')}`);
      }
    }
  } finally {
    session.terminal.endProgress();
  }
  const left = findings.filter(({ repaired }) => !repaired).length;
  session.answer({ tenants, checked, findings, left }, () => toReport(tenants.length, checked, findings, left));
  if (left === 0) return;
  throw new CliError(`${counted(left, 'finding')} not repaired`, {
    advice: repair
      ? 'The runbook (docs/runbook.md) tells what to do with what cannot be mended without a doubt.'
      : 'Mend what can be mended: --repair.',
  });
}

async function listNames(api: AdminClient): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { tenants } of pagesOf((after) => api.call('listTenants', { query: { after } }))) {
    names.push(...tenants.filter(({ state }) => state !== 'deleting').map(({ name }) => name));
  }
  return names;
}

function toReport(tenants: number, checked: number, findings: readonly Finding[], left: number): string {
  const table = toTable(findings, [
    { title: 'TENANT', value: ({ tenant }) => tenant },
    { title: 'PROBLEM', value: ({ problem }) => problem },
    { title: 'REPAIRED', value: ({ repaired }) => (repaired ? 'yes' : 'no') },
    { title: 'ITEM', value: ({ key }) => `${key.pk} / ${key.sk}` },
  ]);
  const summary = `${counted(tenants, 'tenant')}, ${counted(checked, 'item')} checked, ${counted(findings.length, 'finding')}`;
  const outcome = findings.length === 0 ? '' : `, ${findings.length - left} repaired`;
  return `${findings.length === 0 ? '' : `${table}\n`}${summary}${outcome}\n`;
}
