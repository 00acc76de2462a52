import { describe, expect, it } from 'vitest';
import { CommandFailedError, runCommand } from '../../../deploy-local/run-command.ts';

const options = { cwd: process.cwd(), env: process.env };
const node = (code: string) => ['-e', code];

describe('runCommand', () => {
  it('gives what the command wrote', async () => {
    const code = "process.stdout.write('out'); process.stderr.write('err')";
    expect(await runCommand(process.execPath, node(code), options)).toEqual({ stdout: 'out', stderr: 'err' });
  });

  it('fails with the last lines and the status', async () => {
    const failed = runCommand(process.execPath, node("console.log('why'); process.exitCode = 3"), options);
    await expect(failed).rejects.toThrow(CommandFailedError);
    await expect(failed).rejects.toThrow(/ended with 3\nwhy$/u);
  });

  it('fails where there is no such command', async () => {
    await expect(runCommand('no-such-command-anywhere', [], options)).rejects.toThrow(/could not be run/u);
  });

  it('ends the command and its children when it is aborted', async () => {
    const controller = new AbortController();
    // Its output stays open as long as the grandchild lives.
    const code = "require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' })";
    const running = runCommand(process.execPath, node(code), { ...options, signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('starts nothing once it is aborted', async () => {
    const aborted = runCommand('no-such-command-anywhere', [], { ...options, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });
});
