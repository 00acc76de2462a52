import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';

/** `npm run deploy:local` is ended; its data folder, which was asked for, stays. */
export function describeEnd(deployment: () => EmulatedDeployment): void {
  describe('the end of npm run deploy:local', () => {
    it('comes with SIGTERM: status 0, nothing listens any more, and the account is saved', async () => {
      const { run, endpoint } = deployment();
      expect(await run.stop('SIGTERM')).toBe(0);
      const server = createServer().listen(Number(new URL(endpoint).port), '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      expect(await readFile(join(run.dataFolder, 'state', 'dynamodb.json'), 'utf8')).toContain('kept@example.com');
    });
  });
}
