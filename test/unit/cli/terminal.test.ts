import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../cli/terminal.ts';

function streams({ isTTY }: { isTTY: boolean }) {
  const written = { output: '', errors: '' };
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = { write: (text: string) => (written.output += text) };
  const errors = Object.assign(new PassThrough(), { isTTY, columns: 20 });
  errors.on('data', (chunk) => {
    written.errors += String(chunk);
  });
  return { terminal: createTerminal({ input, output, errors }), input, written };
}

describe('createTerminal', () => {
  it('keeps the answer apart from all else', () => {
    const { terminal, written } = streams({ isTTY: false });
    terminal.print('answer');
    terminal.note('note');
    expect(written).toEqual({ output: 'answer', errors: 'note' });
  });

  it('rewrites the line of progress on a terminal, and takes it away before anything else is said', () => {
    const { terminal, written } = streams({ isTTY: true });
    terminal.progress('one, and too long for the terminal');
    terminal.progress('two');
    terminal.note('done\n');
    expect(written.errors).toBe('\r\u001b[Kone, and too long f\r\u001b[Ktwo\r\u001b[Kdone\n');
  });

  it('is silent about progress elsewhere', () => {
    const { terminal, written } = streams({ isTTY: false });
    terminal.progress('one');
    terminal.endProgress();
    expect(written.errors).toBe('');
  });

  it('asks', async () => {
    const { terminal, input, written } = streams({ isTTY: true });
    const answer = terminal.ask('Name? ');
    input.write('acme\n');
    expect(await answer).toBe('acme');
    expect(written.errors).toContain('Name? ');
  });

  it('shows nothing of a secret', async () => {
    const { terminal, input, written } = streams({ isTTY: true });
    const answer = terminal.askSecret('Token: ');
    input.write('scim_secret\n');
    expect(await answer).toBe('scim_secret');
    expect(written.errors).toBe('Token: \n');
  });

  it('takes the end of the input for the empty answer, and Ctrl-C for an interruption', async () => {
    const ended = streams({ isTTY: true });
    const answer = ended.terminal.ask('Name? ');
    ended.input.end();
    expect(await answer).toBe('');
    const interrupted = streams({ isTTY: true });
    const none = interrupted.terminal.ask('Name? ');
    interrupted.input.write('\u0003');
    await expect(none).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('asks nobody where no person is', () => {
    expect(streams({ isTTY: false }).terminal.isInteractive).toBe(false);
    expect(streams({ isTTY: true }).terminal.isInteractive).toBe(true);
  });
});
