import type { Command } from 'commander';
import type { AttributeIndex, IndexProgress } from '../../lambda/contract/admin-messages.ts';
import { type AdminClient, AdminRefusal } from '../admin/admin-client.ts';
import type { Session } from '../session.ts';
import { parseName, parseResourceType, type ResourceType } from './arguments.ts';
import { type OpenSession, toExamples } from './command-set.ts';

/** An attribute of a type of resource. */
export interface IndexedAttribute {
  readonly type: ResourceType;
  readonly attribute: string;
}

interface IndexOptions {
  readonly tenant: string;
  readonly attribute: string;
  readonly resourceType?: ResourceType;
}

/** `schemas index` and `schemas unindex` */
export function addIndexCommands(schemas: Command, open: OpenSession): void {
  addOptions(schemas.command('index'))
    .description(
      'makes an index on an attribute, while it is used; takes two minutes at least, longer where there are many',
    )
    .addHelpText(
      'after',
      `${toExamples(
        ['schemas index --tenant acme --attribute urn:…:acme:2.0:User:costCode', 'filters with eq find it at any size'],
        ['schemas index --tenant acme --attribute title', 'of the standards, too'],
      )}

What was interrupted goes on when the command is called again.`,
    )
    .action(async ({ tenant, attribute, resourceType = 'User' }: IndexOptions, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const [index] = await buildIndexes(session, api, tenant, [{ type: resourceType, attribute }]);
      session.answer({ index }, () => `Filters on ${index?.attribute ?? attribute} are answered from an index.\n`);
    });
  addOptions(schemas.command('unindex'))
    .description('removes an index that was made so; takes three minutes at least')
    .addHelpText('after', toExamples(['schemas unindex --tenant acme --attribute title', "asks for the tenant's name"]))
    .action(async ({ tenant, attribute, resourceType = 'User' }: IndexOptions, command: Command) => {
      await dropIndex(open(command), tenant, { type: resourceType, attribute });
    });
}

function addOptions(command: Command): Command {
  return command
    .requiredOption('--tenant <name>', 'of the tenant', parseName)
    .requiredOption('--attribute <path>', 'of the attribute, such as title or urn:…:User:costCode')
    .option('--resource-type <type>', 'User (default) or Group', parseResourceType);
}

/** All of them are begun before any is waited for. */
export async function buildIndexes(
  session: Session,
  api: AdminClient,
  tenant: string,
  wanted: readonly IndexedAttribute[],
): Promise<readonly AttributeIndex[]> {
  const build = async ({ type, attribute }: IndexedAttribute): Promise<IndexProgress> =>
    await api.call('buildIndex', { path: { tenant }, body: { resourceType: type, attribute } });
  for (const each of wanted) await build(each);
  const made: AttributeIndex[] = [];
  for (const each of wanted) {
    const { index } = await repeat(session, each, 'resources looked at', () => build(each));
    if (index !== undefined) made.push(index);
  }
  return made;
}

async function dropIndex(session: Session, tenant: string, wanted: IndexedAttribute): Promise<void> {
  const { api } = await session.connect();
  const { type: resourceType, attribute } = wanted;
  await session.confirm(`Filters of ${tenant} on ${attribute} will look at every ${resourceType} again.`, tenant);
  let isBegun = false;
  await repeat(session, wanted, 'entries erased', async () => {
    try {
      const progress = await api.call('dropIndex', { path: { tenant }, body: { resourceType, attribute } });
      isBegun = true;
      return progress;
    } catch (error) {
      // A call whose answer was lost has ended it.
      if (isBegun && error instanceof AdminRefusal && error.status === 404) return { done: true, handled: 0 };
      throw error;
    }
  });
  session.answer({ tenant, resourceType, attribute }, () => `The index on ${attribute} is removed.\n`);
}

/** Calls until it is done, and waits in between as long as it is told. */
async function repeat(
  { terminal, dependencies }: Session,
  { attribute }: IndexedAttribute,
  what: string,
  call: () => Promise<IndexProgress>,
): Promise<IndexProgress> {
  let handled = 0;
  let isBegun = false;
  try {
    for (;;) {
      const progress = await call();
      isBegun = true;
      handled += progress.handled;
      if (progress.done) return progress;
      const seconds = progress.retryAfterSeconds ?? 0;
      const phase = progress.index === undefined ? '' : ` (${progress.index.phase})`;
      const wait = seconds === 0 ? '' : `; every process knows of it in ${seconds} s`;
      terminal.progress(`index on ${attribute}${phase}: ${handled} ${what}${wait}`);
      if (seconds > 0) await dependencies.delay(seconds * 1_000, dependencies.signal);
    }
  } catch (error) {
    if (isBegun) terminal.note(`The index on ${attribute} is not finished: call the command again, and it goes on.\n`);
    throw error;
  } finally {
    terminal.endProgress();
  }
}
