import type { Command } from 'commander';
import type { Features } from '../../lambda/contract/admin-messages.ts';
import { toFields, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';

/** `applications …` */
export const addApplications: CommandSet = (program, open) => {
  const applications = program
    .command('applications')
    .description("a tenant's identity-provider connections; each has tokens of its own");
  applications
    .command('list')
    .argument('<tenant>', 'its name', parseName)
    .description("lists a tenant's applications, and how their tokens stand")
    .addHelpText('after', toExamples(['applications list acme', 'names, tokens, and what is muted']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found = await api.call('listApplications', { path: { tenant } });
      session.answer(found, () =>
        found.applications.length === 0
          ? `${tenant} has no application yet: scim-stack applications create ${tenant} <name>\n`
          : toTable(found.applications, [
              { title: 'NAME', value: ({ name }) => name },
              { title: 'CREATED', value: ({ created }) => toTime(created) },
              { title: 'TOKEN', value: ({ token }) => token.state },
              { title: 'EXPIRES', value: ({ token }) => toTime(token.current?.expiresAt) },
              { title: 'LAST USED', value: ({ token }) => toTime(token.current?.lastUsedAt) },
              { title: 'WATCHED', value: ({ muted }) => (muted ? 'muted' : 'yes') },
              { title: 'SWITCHED OFF', value: ({ features }) => switchedOff(features) },
            ]),
      );
    });
  applications
    .command('create')
    .argument('<tenant>', 'its name', parseName)
    .argument('<name>', 'of the application: 1-40 lower-case letters, digits and hyphens', parseName)
    .description('makes an application; its token is issued apart')
    .addHelpText(
      'after',
      toExamples(
        ['applications create acme okta', 'a second identity provider'],
        ['tokens issue acme okta', 'and its token'],
      ),
    )
    .action(async (tenant: string, name: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const created = await api.call('createApplication', { path: { tenant }, body: { name } });
      session.answer(created, () => `${name} is there. Its token: scim-stack tokens issue ${tenant} ${name}\n`);
    });
  addFeatures(applications, open);
};

const names = ['create', 'update', 'deactivate', 'delete', 'groups'] as const satisfies readonly (keyof Features)[];

interface FeatureOptions extends Partial<Features> {
  readonly immutableExternalId?: boolean;
}

function addFeatures(applications: Command, open: OpenSession): void {
  const command = applications
    .command('features')
    .argument('<tenant>', 'its name', parseName)
    .argument('<application>', 'its name', parseName)
    .description('switches what an application may do; what is off is refused with a 400 that names the switch');
  for (const name of names) {
    const what = name === 'groups' ? 'groups' : `to ${name} users`;
    command.option(`--${name}`, `switches on: ${what}`).option(`--no-${name}`, `switches off: ${what}`);
  }
  command
    .option('--immutable-external-id', 'its externalId never changes and is never given to somebody else')
    .option('--no-immutable-external-id', 'nobody knows (as at first)')
    .addHelpText(
      'after',
      toExamples(
        ['applications features acme default', 'shows the switches'],
        ['applications features acme default --no-delete', 'the application deletes nobody'],
        ['applications features acme default --no-groups', 'users alone; groups are not even shown'],
      ),
    )
    .action(async (tenant: string, application: string, options: FeatureOptions, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const { immutableExternalId, ...features } = options;
      const chosen = names.flatMap((name) => (features[name] === undefined ? [] : [[name, features[name]] as const]));
      const configured = await api.call('configureApplication', {
        path: { tenant, application },
        body: {
          features: Object.fromEntries(chosen),
          ...(immutableExternalId === undefined ? {} : { immutableExternalId }),
        },
      });
      session.answer(configured, () =>
        toFields([
          ...names.map((name): [string, string] => [name, configured.features[name] ? 'on' : 'off']),
          ['externalId', configured.immutableExternalId ? 'immutable' : 'may change'],
        ]),
      );
    });
}

function switchedOff(features: Features): string {
  const off = names.filter((name) => !features[name]);
  return off.length === 0 ? '-' : off.join(', ');
}
