import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../../../helpers/processes.ts';

describe('runProcess', () => {
  it('gives status and output of a command that ends', async () => {
    expect(await runProcess('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      status: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gives no status for a command that does not exist', async () => {
    const { status, stderr } = await runProcess('no-such-command', []);
    expect(status).toBeUndefined();
    expect(stderr).toContain('no-such-command');
  });

  it('ends, when it is aborted, what the command has started, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scim-stack-processes-'));
    try {
      const controller = new AbortController();
      const file = join(folder, 'ended');
      // What was started in the background outlives the shell that started it, unless it is ended as well.
      const started = `trap "echo yes > ${file}; exit" TERM; while :; do sleep 0.05; done`;
      const run = runProcess('sh', ['-c', `sh -c '${started}' & wait`], { signal: controller.signal });
      setTimeout(() => controller.abort(), 300);
      await run;
      expect(await readFile(file, 'utf8')).toBe('yes\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
