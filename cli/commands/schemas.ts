import type { Command } from 'commander';
import type { AttributeIndex, RegisteredSchema } from '../../lambda/contract/admin-messages.ts';
import { counted, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName, parseResourceType, type ResourceType, severalOf } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { readDocument } from './document.ts';
import { addIndexCommands, buildIndexes } from './indexes.ts';

/** `schemas …`: the attributes that a tenant has beside those of the standards. */
export const addSchemas: CommandSet = (program, open) => {
  const schemas = program
    .command('schemas')
    .description("a tenant's own schema extensions, and indexes on attributes: register, look at, index, remove");
  addAddSchema(schemas, open);
  addListSchemas(schemas, open);
  addShowSchema(schemas, open);
  addRemoveSchema(schemas, open);
  addIndexCommands(schemas, open);
};

interface TenantOption {
  readonly tenant: string;
}

interface AddOptions extends TenantOption {
  readonly resourceType?: readonly ResourceType[];
  readonly index?: readonly string[];
}

function addAddSchema(schemas: Command, open: OpenSession): void {
  schemas
    .command('add')
    .argument('<file>', 'the schema, as /Schemas would show it (RFC 7643 §7); - for standard input')
    .requiredOption('--tenant <name>', 'of the tenant', parseName)
    .option('--resource-type <type>', 'User (as at first) or Group; may be given twice', severalOf(parseResourceType))
    .option(
      '--index <attribute>',
      'make an index on it, so that filters find it at any size; may be repeated',
      severalOf((text) => text),
    )
    .description(
      'registers a schema extension, or a registered one with more attributes; requests go by it within 30 s',
    )
    .addHelpText(
      'after',
      `${toExamples(
        ['schemas add --tenant acme badge.json', 'for users'],
        [
          'schemas add --tenant acme badge.json --index costCode',
          'and users are found by it; takes two minutes at least',
        ],
      )}

docs/custom-schemas.md has a whole file, and how Microsoft Entra ID maps to it.`,
    )
    .action(async (file: string, { tenant, resourceType, index = [] }: AddOptions, command: Command) => {
      const session = open(command);
      const document = await readDocument(session, file, 'docs/custom-schemas.md has a whole file to begin with.');
      const { api } = await session.connect();
      const added = await api.call('addSchema', {
        path: { tenant },
        body: { document, ...(resourceType === undefined ? {} : { resourceTypes: [...resourceType] }) },
      });
      const attributes = index.map((name) => (name.includes(':') ? name : `${added.id}:${name}`));
      const wanted = added.resourceTypes.flatMap((type) => attributes.map((attribute) => ({ type, attribute })));
      const indexes = await buildIndexes(session, api, tenant, wanted);
      session.answer({ ...added, indexes }, () => {
        const what = `${added.id} is registered for ${added.resourceTypes.join(' and ')} of ${tenant}`;
        const made = indexes.map(({ attribute }) => `Filters on ${attribute} are answered from an index.\n`).join('');
        return `${what}: ${counted(added.attributes, 'attribute')}. Requests go by it within 30 s.\n${made}`;
      });
    });
}

function addListSchemas(schemas: Command, open: OpenSession): void {
  schemas
    .command('list')
    .requiredOption('--tenant <name>', 'of the tenant', parseName)
    .description("lists a tenant's own schemas, and the indexes that it has beside those of every tenant")
    .addHelpText('after', toExamples(['schemas list --tenant acme', 'URNs, and how far indexes are']))
    .action(async ({ tenant }: TenantOption, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found = await api.call('listSchemas', { path: { tenant } });
      session.answer(found, () => toListText(tenant, found.schemas, found.indexes));
    });
}

function toListText(tenant: string, schemas: readonly RegisteredSchema[], indexes: readonly AttributeIndex[]): string {
  const registered =
    schemas.length === 0
      ? `${tenant} has no schema of its own yet: scim-stack schemas add --tenant ${tenant} <file>\n`
      : toTable(schemas, [
          { title: 'SCHEMA', value: ({ id }) => id },
          { title: 'NAME', value: ({ name }) => name },
          { title: 'OF', value: ({ resourceTypes }) => resourceTypes.join(', ') },
          { title: 'ATTRIBUTES', value: ({ attributes }) => attributes, align: 'right' },
          { title: 'STATE', value: ({ removedAt }) => (removedAt === undefined ? 'in use' : 'removed') },
        ]);
  if (indexes.length === 0) return registered;
  const indexed = toTable(indexes, [
    { title: 'INDEX ON', value: ({ attribute }) => attribute },
    { title: 'OF', value: ({ resourceType }) => resourceType },
    { title: 'PHASE', value: ({ phase }) => phase },
    { title: 'SINCE', value: ({ since }) => toTime(since) },
  ]);
  return `${registered}\n${indexed}`;
}

function addShowSchema(schemas: Command, open: OpenSession): void {
  schemas
    .command('show')
    .argument('<urn>', 'of the schema')
    .requiredOption('--tenant <name>', 'of the tenant', parseName)
    .description('prints a schema as a document that "schemas add" takes')
    .addHelpText('after', toExamples(['schemas show urn:…:acme:2.0:User --tenant acme > acme.json', 'to be added to']))
    .action(async (urn: string, { tenant }: TenantOption, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found = await api.call('showSchema', { path: { tenant, id: urn } });
      session.answer(found, () => `${JSON.stringify(found.schema, undefined, 2)}\n`);
    });
}

function addRemoveSchema(schemas: Command, open: OpenSession): void {
  schemas
    .command('remove')
    .argument('<urn>', 'of the schema')
    .requiredOption('--tenant <name>', 'of the tenant', parseName)
    .description('takes a schema out of use; what resources hold under it stays, unseen, until it is registered again')
    .addHelpText(
      'after',
      toExamples(['schemas remove urn:…:acme:2.0:User --tenant acme', "asks for the tenant's name"]),
    )
    .action(async (urn: string, { tenant }: TenantOption, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const consequence =
        `Attributes of ${urn} will be in no answer of ${tenant} any more; a PATCH of one of them is refused, and a PUT\n` +
        'of a resource drops what is stored of them.';
      await session.confirm(consequence, tenant);
      const removed = await api.call('removeSchema', { path: { tenant, id: urn }, body: { confirm: tenant } });
      session.answer(
        removed,
        () => `${removed.id} is not in use any more. Values that are stored come back when it is registered again.\n`,
      );
    });
}
