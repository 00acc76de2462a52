import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { playSmall } from '../../helpers/small-replay.ts';
import { TinyScimServer } from '../../helpers/tiny-scim-server.ts';

const TIMEOUT_MS = 60_000;

describe('runReplay', { timeout: TIMEOUT_MS }, () => {
  it.each([
    '--mapping default',
    '--mapping default --dialect unflagged',
    '--mapping default --dialect flagged',
    '--mapping mail-objectid',
    '--mapping email',
    '--mapping employee-number',
    '--client okta --flavour put --passwords',
    '--client okta --flavour patch --passwords',
  ])('finds nothing wrong with a directory that does all right: %s', async (argv) => {
    await using server = await TinyScimServer.start();
    const report = await playSmall(server.url, argv.split(' '));
    expect(report).toMatchObject({ outcome: 'passed', errors: [], finalState: { differences: [] } });
    expect(server.resources.size).toBe(0);
  });

  it('leaves what is not its own alone', async () => {
    await using server = await TinyScimServer.start();
    await playSmall(server.url, ['--seed', 'somebody else', '--keep']);
    const before = structuredClone(server.resources);
    expect((await playSmall(server.url)).outcome).toBe('passed');
    expect(server.resources).toEqual(before);
  });

  it('starts over where a run of the same seed was cut short, and cleans up after it', async () => {
    await using server = await TinyScimServer.start();
    await playSmall(server.url, ['--keep']);
    expect(server.resources.size).toBeGreaterThan(0);
    expect((await playSmall(server.url, ['--keep'])).outcome).toBe('passed');
    expect((await playSmall(server.url, ['--clean'])).outcome).toBe('passed');
    expect(server.resources.size).toBe(0);
  });

  it('sends the same requests for the same seed', async () => {
    const play = async (): Promise<string[]> => {
      await using server = await TinyScimServer.start();
      await playSmall(server.url, ['--concurrency', '1']);
      return server.requests.map(({ method, url }) => `${method} ${url.replace(/[\da-f]{8}-[\da-f-]{27}/g, 'id')}`);
    };
    expect(await play()).toEqual(await play());
  });

  it('sends the flag of the Tenant URL along', async () => {
    await using server = await TinyScimServer.start();
    await playSmall(`${server.url}?aadOptscim062020`, ['--dialect', 'flagged']);
    expect(server.requests.every(({ url }) => url.includes('aadOptscim062020'))).toBe(true);
  });

  it('follows a token that is rotated during the run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'replay-'));
    await using server = await TinyScimServer.start();
    const path = join(folder, 'token');
    await writeFile(path, 'secret');
    let answers = 0;
    const trace = (): void => {
      answers += 1;
      if (answers !== 30) return;
      server.token = 'another secret';
      void writeFile(path, 'another secret');
    };
    const report = await playSmall(server.url, ['--token-file', path], { trace });
    expect(report).toMatchObject({ outcome: 'passed', errors: [] });
    await rm(folder, { recursive: true });
  });

  it('stops at once where the token is refused, and tells why', async () => {
    await using server = await TinyScimServer.start();
    server.token = 'another secret';
    const report = await playSmall(server.url);
    expect(report).toMatchObject({ outcome: 'refused', finalState: undefined });
    expect(report.stoppedBecause).toContain('401');
    expect(server.requests).toHaveLength(1);
  });

  it('ends with a report of what was done when it is interrupted', async () => {
    await using server = await TinyScimServer.start();
    const interruption = new AbortController();
    let answers = 0;
    const trace = (): void => {
      answers += 1;
      if (answers === 30) interruption.abort();
    };
    const report = await playSmall(server.url, [], { trace, signal: interruption.signal });
    expect(report).toMatchObject({ outcome: 'interrupted', finalState: undefined });
    expect(report.requests).toBeGreaterThanOrEqual(30);
    expect(report.left.users).toBeGreaterThan(0);
  });

  it('never tells the token', async () => {
    await using server = await TinyScimServer.start('ignores department');
    server.token = 'tell-nobody';
    const lines: string[] = [];
    const trace = (line: string): void => {
      lines.push(line);
    };
    const report = await playSmall(server.url, ['--token', 'tell-nobody'], { trace });
    expect(lines.length).toBeGreaterThan(100);
    expect(`${lines.join()}${JSON.stringify(report)}`).not.toContain('tell-nobody');
  });
});
