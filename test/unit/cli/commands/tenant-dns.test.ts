import { describe, expect, it } from 'vitest';
import type { AliasRecord, DeployedStack } from '../../../../cli/deployment/aws.ts';
import { stackOutputs } from '../../../../lambda/contract/stack-outputs.ts';
import { acme, application, issued } from '../../../helpers/admin-answers.ts';
import { runCli } from '../../../helpers/cli.ts';
import type { FakeAnswers } from '../../../helpers/fake-admin-api.ts';

const answers: FakeAnswers = {
  createTenant: () => acme,
  createApplication: () => application,
  issueToken: () => issued,
  showTenant: () => acme,
  deleteTenant: () => ({ done: true, deleted: 3 }),
};

function stack(outputs: Readonly<Record<string, string>>): DeployedStack {
  const adminUrl = 'https://abc.execute-api.us-east-1.amazonaws.com/prod/admin';
  return {
    name: 'scim-stack-us',
    status: 'CREATE_COMPLETE',
    outputs: { [stackOutputs.adminUrl]: adminUrl, ...outputs },
  };
}

const elsewhere = stack({
  [stackOutputs.tenantUrl]: 'https://users-{tenant}.example.com/scim/v2',
  [stackOutputs.domainTarget]: 'd-1.execute-api.us-east-1.amazonaws.com',
  [stackOutputs.domainTargetZoneId]: 'ZTARGET',
});
const inRoute53 = { ...elsewhere, outputs: { ...elsewhere.outputs, [stackOutputs.hostedZoneId]: 'ZOWN' } };
const RECORD = 'users-acme.example.com. 300 IN CNAME d-1.execute-api.us-east-1.amazonaws.com.';

async function runWith(argv: readonly string[], deployed: DeployedStack, failure?: Error) {
  const changes: (readonly [string, AliasRecord])[] = [];
  const changeAlias = async (action: string, record: AliasRecord): Promise<void> => {
    if (failure !== undefined) throw failure;
    changes.push([action, record]);
  };
  return { ...(await runCli(argv, { answers, stacks: [deployed], aws: { changeAlias } })), changes };
}

const create = ['tenants', 'create', 'acme'];

describe("a tenant's DNS record", () => {
  it('is made where the deployment has a hosted zone', async () => {
    const { stdout, changes } = await runWith(create, inRoute53);
    const target = 'd-1.execute-api.us-east-1.amazonaws.com';
    const record = { hostedZoneId: 'ZOWN', hostName: 'users-acme.example.com', target, targetZoneId: 'ZTARGET' };
    expect(changes).toEqual([['UPSERT', record]]);
    expect(stdout).toContain('The DNS record of users-acme.example.com was made.');
  });

  it('is printed where the DNS is elsewhere', async () => {
    const { stdout, changes } = await runWith(create, elsewhere);
    expect(changes).toEqual([]);
    expect(stdout).toContain(RECORD);
  });

  it('is only printed with --no-dns', async () => {
    const { stdout, changes } = await runWith([...create, '--no-dns'], inRoute53);
    expect(changes).toEqual([]);
    expect(stdout).toContain(RECORD);
  });

  it('stands in the JSON answer', async () => {
    const { stdout } = await runWith([...create, '--json'], elsewhere);
    expect(JSON.parse(stdout)).toMatchObject({ dns: { made: false, record: RECORD } });
  });

  it('does not keep the token from being shown where it cannot be made', async () => {
    const { exitCode, stdout } = await runWith(create, inRoute53, new Error('not allowed'));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(issued.token);
    expect(stdout).toContain('The DNS record could not be made: not allowed');
    expect(stdout).toContain(RECORD);
  });

  it('is not needed where all tenants share a host name', async () => {
    const { stdout, changes } = await runWith(create, stack({ TenantUrl: 'https://scim.example.com/{tenant}/v2' }));
    expect(changes).toEqual([]);
    expect(stdout).not.toContain('DNS');
  });

  it('goes with the tenant', async () => {
    const { stdout, changes } = await runWith(['tenants', 'delete', 'acme', '--yes'], inRoute53);
    expect(changes.map(([action]) => action)).toEqual(['DELETE']);
    expect(stdout).toContain('The DNS record of users-acme.example.com is gone.');
  });

  it('is named, to be removed by hand, where it cannot be removed', async () => {
    const { exitCode, stdout } = await runWith(['tenants', 'delete', 'acme', '--yes'], inRoute53, new Error('no such'));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`If there is a DNS record of the tenant, remove it: ${RECORD}`);
  });
});
