import { type Command, InvalidArgumentError } from 'commander';
import type { Session } from '../session.ts';
import { toFields } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';

/** `webhooks …` */
export const addWebhooks: CommandSet = (program, open) => {
  const webhooks = program
    .command('webhooks')
    .description("a tenant's events, posted to a URL and signed (Standard Webhooks)");
  addSet(webhooks, open);
  addSecret(webhooks, open);
  addTest(webhooks, open);
};

function addSet(webhooks: Command, open: OpenSession): void {
  webhooks
    .command('set')
    .argument('<tenant>', 'its name', parseName)
    .argument('<url>', 'https://…, or "none" for no webhook any more', parseWebhookUrl)
    .description('says where events are posted to; holds for what happens from then on')
    .addHelpText(
      'after',
      toExamples(
        ['webhooks set acme https://hooks.example.com/scim', 'then make a secret, and test'],
        ['webhooks set acme none', 'what still waits is dropped'],
      ),
    )
    .action(async (tenant: string, url: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const webhookUrl = url === NONE ? null : url;
      await api.call('changeTenant', { path: { tenant }, body: { settings: { webhookUrl } } });
      session.answer({ tenant, webhookUrl }, () => toSetText(tenant, webhookUrl));
    });
}

const NONE = 'none';

function toSetText(tenant: string, webhookUrl: string | null): string {
  if (webhookUrl === null) return `Events of ${tenant} are posted nowhere.\n`;
  return (
    `Events of ${tenant} are posted to ${webhookUrl}, within 30 s.\n` +
    `Unless it has one, make a secret: scim-stack webhooks secret ${tenant}. Then: scim-stack webhooks test ${tenant}\n`
  );
}

function addSecret(webhooks: Command, open: OpenSession): void {
  webhooks
    .command('secret')
    .argument('<tenant>', 'its name', parseName)
    .option('--overlap-hours <n>', 'how long is signed with the one before as well (default: 24)', wholeNumber(0, 720))
    .description('makes a secret by which the receiver knows our webhooks; shows it this once')
    .addHelpText(
      'after',
      toExamples(['webhooks secret acme', 'the first, or a new one in the place of the one before']),
    )
    .action(async (tenant: string, { overlapHours }: { readonly overlapHours?: number }, command: Command) => {
      const session = open(command);
      await createSecret(session, tenant, overlapHours);
    });
}

async function createSecret(session: Session, tenant: string, overlapHours: number | undefined): Promise<void> {
  const { api } = await session.connect();
  const body = overlapHours === undefined ? {} : { overlapHours };
  const made = await api.call('createWebhookSecret', { path: { tenant }, body });
  session.answer(made, () => {
    const { previousUntil } = made;
    const fields = toFields([
      ['Tenant', tenant],
      ['Webhook secret', made.secret],
      ['The one before', previousUntil === undefined ? 'signs nothing' : `also signs until ${toTime(previousUntil)}`],
    ]);
    return `${fields}\nIt is shown this once. Webhooks are signed with it within 30 s.\n`;
  });
}

function addTest(webhooks: Command, open: OpenSession): void {
  webhooks
    .command('test')
    .argument('<tenant>', 'its name', parseName)
    .description('has a signed event "webhook.test" posted, once')
    .addHelpText('after', toExamples(['webhooks test acme', 'whether anything arrives, and the signature holds']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const sent = await api.call('testWebhook', { path: { tenant } });
      session.answer(
        { tenant, ...sent },
        () =>
          `The event ${sent.event} is on its way to ${sent.webhookUrl}.\nWhat became of it is in the log of the webhooks' function, under that id.\n`,
      );
    });
}

function parseWebhookUrl(text: string): string {
  if (text === NONE) return text;
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw new InvalidArgumentError('Expected an address such as https://hooks.example.com/scim, or "none".');
}
