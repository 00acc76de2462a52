import type { Command } from 'commander';
import type { IssuedToken } from '../../lambda/contract/admin-messages.ts';
import { changeTenantRecord, type TenantRecord, toRecordText, toTenantRecord } from '../deployment/dns.ts';
import { CliError } from '../failure.ts';
import type { Connection, Session } from '../session.ts';
import { parseName, wholeNumber } from './arguments.ts';
import { type OpenSession, toExamples } from './command-set.ts';
import { toTokenCard } from './issued-token.ts';
import { addSettingsOptions, type SettingsOptions, toSettings } from './settings-options.ts';

interface CreateOptions extends SettingsOptions {
  readonly application: string;
  readonly expiresInDays?: number;
  readonly dns: boolean;
}

/** What became of the tenant's DNS record. */
interface RecordOutcome {
  readonly record: TenantRecord;
  readonly made: boolean;
  /** Why it could not be made. */
  readonly failure?: string;
}

/** `tenants create <tenant>`: the tenant, its first application, a token, and the DNS record that it needs. */
export function addCreateTenant(tenants: Command, open: OpenSession): void {
  const create = tenants
    .command('create')
    .argument('<tenant>', 'its name, part of the Tenant URL: 1-40 lower-case letters, digits and hyphens', parseName)
    .option('--application <name>', "the tenant's first identity-provider connection", parseName, 'default')
    .option('--expires-in-days <n>', 'life of the token (default: 365)', wholeNumber(1, 3_650))
    .option('--no-dns', 'make no DNS record, only print it');
  addSettingsOptions(create)
    .description('makes a tenant, and prints the Tenant URL and the secret token to paste into the identity provider')
    .addHelpText(
      'after',
      toExamples(
        ['tenants create acme --region us', 'shows the token, this once'],
        ['tenants create acme --application okta', 'the connection by another name'],
        ['tenants create acme --json', '{"tenant":…,"tenantUrl":…,"token":…}'],
      ),
    )
    .action(async (tenant: string, options: CreateOptions, command: Command) => {
      await createTenant(open(command), tenant, options);
    });
}

async function createTenant(session: Session, tenant: string, options: CreateOptions): Promise<void> {
  const connection = await session.connect();
  const { api } = connection;
  const { application, expiresInDays } = options;
  await api.call('createTenant', { body: { name: tenant, settings: toSettings(options) } });
  let issued: IssuedToken;
  try {
    const path = { tenant, application };
    await api.call('createApplication', { path: { tenant }, body: { name: application } });
    issued = await api.call('issueToken', { path, body: expiresInDays === undefined ? {} : { expiresInDays } });
  } catch (cause) {
    throw toHalfDone(tenant, application, cause);
  }
  const outcome = await makeRecord(session, connection, tenant, options.dns);
  session.answer(toJson(issued, outcome), () => {
    const card = toTokenCard(issued, session.dependencies.now());
    return [`Tenant ${tenant} is there.\n`, card, ...toRecordLines(outcome), ENTRA_STEPS].join('\n');
  });
}

/** The tenant is there; what is left can be made by commands of its own. */
function toHalfDone(tenant: string, application: string, cause: unknown): CliError {
  return new CliError(
    `the tenant ${tenant} was made, but has no token yet: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      advice:
        `Go on with: scim-stack applications create ${tenant} ${application} (unless it is there), ` +
        `then scim-stack tokens issue ${tenant} ${application}`,
      cause,
    },
  );
}

async function makeRecord(
  session: Session,
  { stack }: Connection,
  tenant: string,
  mayMake: boolean,
): Promise<RecordOutcome | undefined> {
  const record = stack && toTenantRecord(stack, tenant);
  if (record === undefined) return undefined;
  if (!mayMake) return { record, made: false };
  try {
    return { record, made: await changeTenantRecord(session.aws, 'UPSERT', record) };
  } catch (error) {
    // The token is shown once: not even this may keep it from being printed.
    return { record, made: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

function toRecordLines(outcome: RecordOutcome | undefined): readonly string[] {
  if (outcome === undefined) return [];
  const { record, made, failure } = outcome;
  if (made) return [`The DNS record of ${record.hostName} was made.\n`];
  const reason = failure === undefined ? '' : `The DNS record could not be made: ${failure}\n`;
  return [`${reason}Make this DNS record, or the Tenant URL leads nowhere:\n  ${toRecordText(record)}\n`];
}

function toJson(issued: IssuedToken, outcome: RecordOutcome | undefined): unknown {
  const { tenant, application, tenantUrl, token, credentialId, expiresAt } = issued;
  const answer = { tenant, application, tenantUrl, token, credentialId, expiresAt };
  if (outcome === undefined) return answer;
  const { record, made, failure } = outcome;
  return { ...answer, dns: { made, record: toRecordText(record), ...(failure === undefined ? {} : { failure }) } };
}

const ENTRA_STEPS = `In Microsoft Entra ID (entra.microsoft.com, the customer's administrator):
  1. Enterprise applications > New application > Create your own application > "Integrate any other application".
  2. Provisioning > New configuration: paste Tenant URL and Secret token, Test connection, Create.
  3. Attribute mapping > users: map externalId from objectId. The default, mailNickname, is not unique and changes.
  4. Users and groups: assign who is to be provisioned.
  5. Provision on demand: try one user. Then Start provisioning; a cycle follows about every 40 minutes.
Other set-ups, Okta among them, are in docs/setup/.
`;
