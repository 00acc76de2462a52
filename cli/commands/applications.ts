import type { Command } from 'commander';
import { toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

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
};
