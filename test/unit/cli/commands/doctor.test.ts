import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeployedStack } from '../../../../cli/deployment/aws.ts';
import { CliError } from '../../../../cli/failure.ts';
import { stackOutputs } from '../../../../lambda/contract/stack-outputs.ts';
import { acme } from '../../../helpers/admin-answers.ts';
import { type CliRunOptions, ENDPOINT, runCli } from '../../../helpers/cli.ts';

const bootstrapped: DeployedStack = {
  name: 'CDKToolkit',
  status: 'CREATE_COMPLETE',
  outputs: { BootstrapVersion: '21' },
};
const deployed: DeployedStack = {
  name: 'scim-stack-us',
  status: 'UPDATE_COMPLETE',
  outputs: { [stackOutputs.adminUrl]: 'https://abc.execute-api.us-east-1.amazonaws.com/prod/admin' },
};
const healthy: CliRunOptions = {
  stacks: [bootstrapped, deployed],
  answers: { listTenants: () => ({ tenants: [acme] }) },
};

async function doctor(options: CliRunOptions = {}) {
  return await runCli(['doctor'], { ...healthy, ...options });
}

describe('scim-stack doctor', () => {
  it('finds nothing wrong with a deployment that can bear ten tenants', async () => {
    const { exitCode, stdout } = await doctor();
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('✗');
    expect(stdout.match(/^✓/gm)).toHaveLength(8);
    for (const text of ['24.21.0', 'us (us-east-1)', 'user/jo', '10 tenants at 25 requests/s', 'knows 1 tenant']) {
      expect(stdout).toContain(text);
    }
  });

  it('finds a new account, whose Lambda concurrency is 10', async () => {
    const { exitCode, stdout } = await doctor({ aws: { getLambdaConcurrency: async () => 10 } });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ us: Lambda concurrency: 10 executions at once; 100 wanted');
    expect(stdout).toContain('servicequotas/home/services/lambda/quotas/L-B99A9384');
  });

  it('finds an API Gateway quota below what the configuration promises', async () => {
    const { exitCode, stdout } = await doctor({ aws: { findQuota: async () => 500 } });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ us: API Gateway, throttle rate: 500 requests/s; 250 wanted');
    expect(stdout).toContain('the configuration promises 1000');
  });

  it('says what to do where the CDK is not bootstrapped and nothing is deployed', async () => {
    const { exitCode, stdout } = await doctor({ stacks: [] });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('npx cdk bootstrap aws://<account>/us-east-1');
    expect(stdout).toContain('npx cdk deploy scim-stack-us');
  });

  it('finds a bootstrap stack that is too old', async () => {
    const { stdout } = await doctor({ stacks: [{ ...bootstrapped, outputs: { BootstrapVersion: '5' } }, deployed] });
    expect(stdout).toContain('✗ us: CDK bootstrap: version 5');
  });

  it('finds a deployment that was rolled back', async () => {
    const { stdout } = await doctor({ stacks: [bootstrapped, { ...deployed, status: 'UPDATE_ROLLBACK_COMPLETE' }] });
    expect(stdout).toContain('✗ us: deployment: scim-stack-us is UPDATE_ROLLBACK_COMPLETE');
  });

  it('ends at credentials that AWS does not take', async () => {
    const getCaller = async () => {
      throw new CliError('AWS does not take your credentials: expired', { advice: 'Sign in.' });
    };
    const { exitCode, stdout } = await doctor({ aws: { getCaller } });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ Credentials: .*expired\n {4}Sign in\.\n$/);
  });

  it('finds credentials of another account than the configuration is for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scim-stack-doctor-'));
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify({ account: '999999999999' }));
    const { exitCode, stdout } = await doctor({ dependencies: { configPath: path } });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Credentials: account 123456789012');
    expect(stdout).toContain('for account 999999999999');
    await rm(folder, { recursive: true });
  });

  it('goes on where one check may not be made', async () => {
    const findQuota = async () => {
      throw new CliError('cannot read the quota: not allowed');
    };
    const { stdout } = await doctor({ aws: { findQuota } });
    expect(stdout).toContain('✗ us: API Gateway, throttle rate: cannot read the quota: not allowed');
    expect(stdout).toContain('✓ us: deployment');
  });

  it('names every fault of the configuration', async () => {
    const { exitCode, stdout } = await runCli(['doctor', '--config', 'nowhere.json'], healthy);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Configuration: ');
    expect(stdout).toContain('nowhere.json');
  });

  it('asks for Node 24', async () => {
    const { stdout } = await doctor({ dependencies: { nodeVersion: '20.9.0' } });
    expect(stdout).toContain('✗ Node: 20.9.0');
  });

  it('prints with --json one object', async () => {
    const { stdout } = await runCli(['doctor', '--json'], healthy);
    expect(JSON.parse(stdout)).toMatchObject({
      checks: [{ name: 'Node', ok: true, found: '24.21.0' }, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  it('looks at the admin API alone where it is given its address', async () => {
    const { stdout } = await runCli(['doctor', ...ENDPOINT], healthy);
    expect(stdout.match(/^✓/gm)).toHaveLength(2);
  });
});
