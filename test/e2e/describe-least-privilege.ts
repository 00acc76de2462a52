import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulatedAwsEnvironment } from '../../deploy-local/aws-environment.ts';
import { EMULATED_ACCOUNT } from '../../deploy-local/emulator.ts';
import { RunningTenantSchema } from '../../deploy-local/tenants.ts';
import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { expectPassed } from '../helpers/expect-replay.ts';
import { runReplay } from '../helpers/replays.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';
import { SMALL_REPLAY } from './replay-size.ts';

const ROLE = 'e2e-observer';

/** IAM is enforced, so that every action that a policy lacks is refused. */
export function describeLeastPrivilege(deployment: () => EmulatedDeployment): void {
  describe('with IAM enforced', () => {
    let region: string;
    let adminUrl: string;
    let deletion: Promise<unknown>;

    const cli = (...args: string[]) => deployment().cli('us', args);

    beforeAll(async () => {
      await deployment().restart({ enforceIam: true });
      const [first] = await deployment().stacks();
      if (first === undefined) throw new Error('nothing is deployed');
      region = first.region;
      const { Outputs = [] } = (await deployment().aws.findStack(region, first.name)) ?? {};
      adminUrl = Outputs.find(({ OutputKey }) => OutputKey === stackOutputs.adminUrl)?.OutputValue ?? '';
      await createObserver();
    });

    afterAll(async () => {
      await deployment().aws.deleteStack(region, ROLE);
    });

    /** A role with the managed policy for observers, and nothing else. */
    async function createObserver(): Promise<void> {
      const policy = await deployment().findPhysicalId('AWS::IAM::ManagedPolicy', 'AdminPoliciesObserver');
      const trust = {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${EMULATED_ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
      };
      await deployment().aws.createStack(region, ROLE, {
        Resources: {
          Observer: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: ROLE,
              AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
              ManagedPolicyArns: [policy.id],
            },
          },
        },
      });
    }

    it('the admin function has every permission that the life of a tenant needs', async () => {
      const created = RunningTenantSchema.parse(await cli('tenants', 'create', 'brief'));
      expect((await sendScim(created, 'POST', 'Users', newUser('ada@example.com'))).status).toBe(201);
      const rotated = RunningTenantSchema.parse(await cli('tokens', 'rotate', 'brief'));
      expect((await sendScim(rotated, 'GET', 'Users')).body.totalResults).toBe(1);
      await cli('tokens', 'status', 'brief');
      await cli('tokens', 'revoke', 'brief', '--which', 'previous', '--yes');
      await cli('users', 'list', 'brief');
      await cli('check', 'brief', '--repair');
      await cli('tenants', 'pause', 'brief');
      await cli('tenants', 'resume', 'brief');
      deletion = cli('tenants', 'delete', 'brief', '--yes');
      deletion.catch(() => undefined); // met where it is awaited
    });

    it('the functions have every permission that a sync needs', async () => {
      expectPassed(await runReplay(deployment().tenant, [], SMALL_REPLAY), SMALL_REPLAY);
    });

    it('the deletion of a tenant, which waits for requests under way, comes to its end', async () => {
      await deletion;
      expect(JSON.stringify(await cli('tenants', 'list'))).not.toContain('brief');
    });

    it.each(['FunctionsSweeper', 'FunctionsLifecycle', 'Watcher'])(
      '%s, which a schedule calls, has every permission',
      async (logicalId) => {
        const found = await deployment().findPhysicalId('AWS::Lambda::Function', logicalId);
        expect(await deployment().aws.invoke(found.region, found.id)).toBeUndefined();
      },
    );

    it('an observer sees the tenants, and is refused a token', async () => {
      const credentials = await deployment().aws.assumeRole(`arn:aws:iam::${EMULATED_ACCOUNT}:role/${ROLE}`);
      const env = emulatedAwsEnvironment(deployment().endpoint, process.env, credentials);
      const observe = (...args: string[]) => deployment().cli('us', [...args, '--endpoint', adminUrl], env);
      expect(JSON.stringify(await observe('tenants', 'list'))).toContain('acme');
      for (const what of [
        ['tokens', 'rotate', 'acme', 'default'],
        ['tenants', 'create', 'mine'],
        ['tenants', 'delete', 'acme', '--yes'],
      ]) {
        await expect(observe(...what), what.join(' ')).rejects.toThrow(/not authorized/iu);
      }
    });
  });
}
