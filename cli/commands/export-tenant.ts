import { open as openFile, rename, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';
import { counted } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type OpenSession, toExamples } from './command-set.ts';

interface ExportOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `tenants export <tenant>`: everything that is kept of a tenant, as JSON Lines. */
export function addExportTenant(tenants: Command, open: OpenSession): void {
  tenants
    .command('export')
    .argument('<tenant>', 'its name', parseName)
    .option('-o, --output <file>', 'write to a file that only its owner may read, not to standard output')
    .option('--force', 'replace the file if there is one')
    .description('writes users, groups, memberships and deleted resources as JSON Lines; tokens are not in it')
    .addHelpText(
      'after',
      toExamples(
        ['tenants export acme -o acme.jsonl', 'one JSON object a line, told apart by "kind"'],
        [`tenants export acme | jq -r 'select(.kind=="user").resource.userName'`, ''],
      ),
    )
    .action(async (tenant: string, options: ExportOptions, command: Command) => {
      await exportTenant(open(command), tenant, options);
    });
}

async function exportTenant(session: Session, tenant: string, { output, force }: ExportOptions): Promise<void> {
  const { api } = await session.connect();
  const { terminal } = session;
  if (output === undefined) {
    for await (const lines of linesOf(api, tenant)) terminal.print(lines.map((line) => `${line}\n`).join(''));
    return;
  }
  const total = await writeLines(session, api, tenant, output, force === true);
  session.answer({ tenant, lines: total, file: output }, () => `${counted(total, 'line')} of ${tenant} in ${output}\n`);
}

/** By a second file, so that a file of that name is always a whole export. */
async function writeLines(
  { terminal }: Session,
  api: AdminClient,
  tenant: string,
  path: string,
  replaces: boolean,
): Promise<number> {
  const draft = `${path}.part`;
  if (!replaces) await refuseExisting(path);
  const file = await openFile(draft, 'w', 0o600).catch((cause: unknown) => {
    throw new CliError(`cannot write ${draft}: ${messageOf(cause)}`, { cause });
  });
  try {
    let total = 0;
    for await (const lines of linesOf(api, tenant)) {
      await file.write(lines.map((line) => `${line}\n`).join(''));
      total += lines.length;
      terminal.progress(`${total} lines of ${tenant}`);
    }
    await file.close();
    await rename(draft, path);
    return total;
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
  } finally {
    terminal.endProgress();
  }
}

async function* linesOf(api: AdminClient, tenant: string): AsyncGenerator<readonly string[]> {
  const pages = pagesOf((after) => api.call('exportTenant', { path: { tenant }, query: { after } }));
  for await (const { lines } of pages) yield lines.map((line) => JSON.stringify(line));
}

async function refuseExisting(path: string): Promise<void> {
  const file = await openFile(path, 'r').catch(() => undefined);
  if (file === undefined) return;
  await file.close();
  throw new CliError(`${path} exists`, { advice: 'Name another file, or replace it: --force.' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
