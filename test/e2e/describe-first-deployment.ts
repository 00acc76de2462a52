import { describe, expect, it } from 'vitest';
import { RunningTenantSchema } from '../../deploy-local/tenants.ts';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { expectPassed } from '../helpers/expect-replay.ts';
import { runReplay } from '../helpers/replays.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';
import { amissIn, runScimTester } from '../helpers/scim-scripts.ts';
import { REPLAY } from './replay-size.ts';

/** What `npm run deploy:local` leads to. */
export function describeFirstDeployment(deployment: () => EmulatedDeployment): void {
  describe('npm run deploy:local', () => {
    it('prints with --json one line a tenant and nothing else, its progress on standard error', () => {
      const { run } = deployment();
      expect(run.tenants.map(({ tenant }) => tenant)).toEqual(['acme', 'globex']);
      expect(run.stdout()).toBe(run.tenants.map((tenant) => `${JSON.stringify(tenant)}\n`).join(''));
      for (const { tenant, token } of run.tenants) expect(token).toMatch(new RegExp(`^scim_${tenant}_`, 'u'));
      expect(run.stderr()).toMatch(/^(?:· .+\n)+$/u);
    });

    it('deploys every stack of every region', async () => {
      const stacks = await deployment().stacks();
      expect(new Set(stacks.map(({ region }) => region))).toEqual(
        new Set(['us-east-1', 'eu-central-1', 'ap-northeast-1', 'ap-southeast-2']),
      );
      for (const { name, region } of stacks) {
        expect((await deployment().aws.findStack(region, name))?.StackStatus, name).toBe('CREATE_COMPLETE');
      }
    });

    it('gives a Tenant URL that refuses whoever has no token, in SCIM', async () => {
      const { tenantUrl } = deployment().tenant;
      for (const headers of [{}, { authorization: 'Bearer scim_acme_default_wrong' }]) {
        const response = await fetch(`${tenantUrl}/Users`, { headers });
        expect(response.status).toBe(401);
        expect(response.headers.get('content-type')).toContain('application/scim+json');
        expect(response.headers.get('www-authenticate')).toContain('Bearer');
        expect(await response.json()).toMatchObject({ status: '401', detail: expect.any(String) });
      }
    });

    it('names itself in every location', async () => {
      const { tenant } = deployment();
      const { status, body } = await sendScim(tenant, 'POST', 'Users', newUser('location@example.com'));
      expect(status).toBe(201);
      expect(body.meta.location).toBe(`${tenant.tenantUrl}/Users/${body.id}`);
      expect((await sendScim(tenant, 'DELETE', `Users/${body.id}`)).status).toBe(204);
    });

    it('syncs 200 users and 5 groups without an error, and ends in the state that was sent', async () => {
      expectPassed(await runReplay(deployment().tenant, [], REPLAY), REPLAY);
    });

    it('passes every check of scim2-tester', async () => {
      const checks = await runScimTester(deployment().tenant);
      expect(amissIn(checks)).toEqual([]);
      expect(checks.length).toBeGreaterThan(100);
    });

    it("keeps a tenant's users from the other tenant of the region", async () => {
      const [acme, globex] = deployment().run.tenants;
      if (acme === undefined || globex === undefined) throw new Error('two tenants were asked for');
      const { body } = await sendScim(acme, 'POST', 'Users', newUser('mine@example.com'));
      expect((await sendScim(globex, 'GET', `Users/${body.id}`)).status).toBe(404);
      expect((await sendScim(globex, 'GET', 'Users')).body.totalResults).toBe(0);
      expect((await sendScim(acme, 'DELETE', `Users/${body.id}`)).status).toBe(204);
    });

    it('refuses in one region the token of another', async () => {
      const { tenant: american } = deployment();
      const german = RunningTenantSchema.parse(await deployment().cli('de', ['tenants', 'create', 'acme']));
      expect(german.tenantUrl).not.toBe(american.tenantUrl);
      expect((await sendScim(german, 'GET', 'Users')).status).toBe(200);
      expect((await sendScim({ ...german, token: american.token }, 'GET', 'Users')).status).toBe(401);
      expect((await sendScim({ ...american, token: german.token }, 'GET', 'Users')).status).toBe(401);
    });
  });
}
