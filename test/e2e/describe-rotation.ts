import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningTenantSchema } from '../../deploy-local/tenants.ts';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { expectPassed } from '../helpers/expect-replay.ts';
import { runReplayByFile } from '../helpers/replays.ts';
import { sendScim } from '../helpers/scim-client.ts';
import { until } from '../helpers/until.ts';
import { REPLAY } from './replay-size.ts';

/** By then a revocation holds: 30 s in the authorizer's memory, 30 s in the gateway's; and a little for the machine. */
const REVOCATION_SECONDS = 75;

/** So often the replay looks whether its token has changed, many times over. */
const REPLAY_FOLLOWS_MILLIS = 2_000;

/** A token is rotated while an identity provider is at work. */
export function describeRotation(deployment: () => EmulatedDeployment): void {
  describe('a rotation of the secret token', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'scim-stack-rotation-'));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('fails no request of a running replay: both tokens are good, then the old one is refused', async () => {
      const { tenant: old } = deployment();
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, old.token, { mode: 0o600 });
      let hasEnded = false;
      const replay = runReplayByFile(old.tenantUrl, tokenFile, [], REPLAY).finally(() => {
        hasEnded = true;
      });
      replay.catch(() => undefined); // met where it is awaited
      await until(
        'the replay is at work',
        120,
        async () => hasEnded || (await sendScim(old, 'GET', 'Users')).body.totalResults > 10,
      );
      if (hasEnded) expectPassed(await replay, REPLAY);

      const rotated = await deployment().cli('us', ['tokens', 'rotate', 'acme']);
      const current = { ...old, token: RunningTenantSchema.parse(rotated).token };
      expect(current.token).not.toBe(old.token);
      deployment().replaceToken(current.token);
      for (const tenant of [old, current]) expect((await sendScim(tenant, 'GET', 'Users')).status).toBe(200);

      await writeFile(tokenFile, current.token, { mode: 0o600 });
      await sleep(REPLAY_FOLLOWS_MILLIS);
      expect((await sendScim(old, 'GET', 'Users')).status).toBe(200);
      await deployment().cli('us', ['tokens', 'revoke', 'acme', '--which', 'previous', '--yes']);
      expect(hasEnded, 'the replay went on through rotation and revocation').toBe(false);
      await until('the old token is refused', REVOCATION_SECONDS, async () => {
        return (await sendScim(old, 'GET', 'Users')).status === 401;
      });
      expect((await sendScim(current, 'GET', 'Users')).status).toBe(200);
      expectPassed(await replay, REPLAY);
    });

    it('leaves a record of who rotated and revoked, and never a token', async () => {
      const audit = JSON.stringify(await deployment().cli('us', ['audit', '--tenant', 'acme']));
      expect(audit).toContain('rotate');
      expect(audit).toContain('revoke');
      expect(audit).not.toContain(deployment().tenant.token);
      expect(audit).toContain('arn:aws:iam::000000000000:');
    });
  });
}
