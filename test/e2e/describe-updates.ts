import { cp } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rewriteTemplate } from '../../deploy-local/cloud-assembly.ts';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';

const TemplateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional() }),
    }),
  ),
});

/** How the logical id of the function for users begins. */
const USERS = 'FunctionsUsers';

/** A parameter that CloudFormation cannot create. */
const IMPOSSIBLE = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'SecureString', Value: 'no' } };

/** What follows a first deployment. */
export function describeUpdates(deployment: () => EmulatedDeployment): void {
  /** A user and a group that must come through unchanged, versions and all. */
  async function readData(): Promise<unknown> {
    const { tenant } = deployment();
    const [users, groups] = [await sendScim(tenant, 'GET', 'Users'), await sendScim(tenant, 'GET', 'Groups')];
    return { users: [users.status, users.body], groups: [groups.status, groups.body] };
  }

  /** Physical ids by logical id, of the resources whose replacement would lose data or the Tenant URL. */
  async function readIdentities(): Promise<unknown> {
    const kept = ['AWS::DynamoDB::GlobalTable', 'AWS::ApiGateway::RestApi', 'AWS::Lambda::Function'];
    const [{ name, region } = { name: '', region: '' }] = await deployment().stacks();
    const resources = await deployment().aws.listResources(region, name);
    return Object.fromEntries(
      resources
        .filter(({ ResourceType = '' }) => kept.includes(ResourceType))
        .map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]),
    );
  }

  async function readUsersFunction() {
    const { region, id } = await deployment().findPhysicalId('AWS::Lambda::Function', USERS);
    return await deployment().aws.getFunction(region, id);
  }

  async function readStates(): Promise<readonly unknown[]> {
    const states = [];
    for (const { name, region } of await deployment().stacks()) {
      const stack = await deployment().aws.findStack(region, name);
      states.push([
        name,
        stack?.StackStatus,
        stack?.LastUpdatedTime?.toISOString(),
        stack?.EnableTerminationProtection,
      ]);
    }
    return states;
  }

  describe('the next deployment', () => {
    let data: unknown;
    let identities: unknown;

    beforeAll(async () => {
      const { tenant } = deployment();
      const user = await sendScim(tenant, 'POST', 'Users', newUser('kept@example.com'));
      const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Kept' };
      await sendScim(tenant, 'POST', 'Groups', { ...group, members: [{ value: user.body.id }] });
      data = await readData();
      identities = await readIdentities();
      expect(data).toMatchObject({ users: [200, { totalResults: 1 }], groups: [200, { totalResults: 1 }] });
    });

    async function expectAllKept(): Promise<void> {
      expect(await readIdentities()).toEqual(identities);
      expect(await readData()).toEqual(data); // by the same Tenant URL and with the same token
    }

    it('may not be a destruction: the stacks are protected', async () => {
      await expect(deployment().cdk.destroy(deployment().assembly)).rejects.toThrow(/TerminationProtection/u);
      await expectAllKept();
    });

    it('of the same changes nothing', async () => {
      const before = await readStates();
      await deployment().cdk.deploy(deployment().assembly);
      expect(await readStates()).toEqual(before);
      await expectAllKept();
    });

    it('of other settings updates in place: data, Tenant URL and token stay', async () => {
      const changed = await deployment().synthesiseWith({
        reservedConcurrency: { users: 60 },
        logRetentionDays: 30,
        terminationProtection: false,
      });
      await deployment().cdk.deploy(changed);
      deployment().assembly = changed;
      const states = await readStates();
      expect(states.map((state) => JSON.stringify(state))).toEqual(
        states.map(() => expect.stringMatching(/UPDATE_COMPLETE|CREATE_COMPLETE/u)),
      );
      const [{ name, region } = { name: '', region: '' }] = await deployment().stacks();
      expect((await deployment().aws.findStack(region, name))?.StackStatus).toBe('UPDATE_COMPLETE');
      await expectAllKept();
    });

    it('that fails half-way is rolled back, and data is intact', async () => {
      const before = await readUsersFunction();
      const broken = `${deployment().assembly}-broken`;
      await cp(deployment().assembly, broken, { recursive: true });
      const [stack] = await deployment().stacks();
      if (stack === undefined) throw new Error('nothing is deployed');
      await rewriteTemplate(broken, stack.templateFile, (template) => breakHalfWay(TemplateSchema.parse(template)));
      await expect(deployment().cdk.deploy(broken)).rejects.toThrow(/SecureString|UPDATE_ROLLBACK|UPDATE_FAILED/u);
      expect((await deployment().aws.findStack(stack.region, stack.name))?.StackStatus).toBe(
        'UPDATE_ROLLBACK_COMPLETE',
      );
      expect((await readUsersFunction()).Environment).toEqual(before.Environment);
      await expectAllKept();
    });
  });
}

/** Changes a function, and then asks for something that cannot be had. */
function breakHalfWay(template: z.infer<typeof TemplateSchema>): unknown {
  const [id, users] =
    Object.entries(template.Resources).find(
      ([logicalId, { Type }]) => logicalId.startsWith(USERS) && Type === 'AWS::Lambda::Function',
    ) ?? [];
  if (id === undefined || users === undefined) throw new Error('there is no function for users');
  const variables = { ...users.Properties.Environment?.Variables, HALF_WAY: 'yes' };
  const changed = { ...users, Properties: { ...users.Properties, Environment: { Variables: variables } } };
  return {
    ...template,
    Resources: { ...template.Resources, [id]: changed, Impossible: { ...IMPOSSIBLE, DependsOn: id } },
  };
}
