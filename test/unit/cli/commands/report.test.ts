import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../../lambda/contract/log-messages.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { FakeRefusal } from '../../../helpers/fake-admin-api.ts';

const entry: LogEntry = {
  time: '2026-11-22T09:00:00.000Z',
  id: 'e-1',
  application: 'entra',
  requestId: 'request-1',
  operation: 'update',
  outcome: 'success',
  resource: { type: 'User', id: '5f3c' },
  names: { userName: 'a…@e…', externalId: '7…' },
  version: 3,
  changes: [{ path: 'title' }, { path: 'name.givenName' }],
  membersAdded: [],
  membersRemoved: [],
  cycle: '2026-11-22T08:59:00.000Z',
};
const failed: LogEntry = {
  ...entry,
  id: 'e-0',
  time: '2026-11-22T08:00:00.000Z',
  outcome: 'failed',
  status: 409,
  scimType: 'uniqueness',
  detail: 'userName is already in use, "…"',
  changes: [],
};

describe('scim-stack report', () => {
  it('asks for what was asked for, and shows it newest first', async () => {
    const { stdout, api } = await runCli(
      ['report', 'acme', '--user', 'ada@example.com', '--application', 'entra', '--from', '24h', ...ENDPOINT],
      { answers: { readLog: () => ({ entries: [entry, failed] }) } },
    );
    expect(api.calls).toMatchObject([
      {
        operation: 'readLog',
        path: { tenant: 'acme' },
        query: { user: 'ada@example.com', application: 'entra', from: '2026-11-21T10:00:00.000Z', limit: 100 },
      },
    ]);
    const [, first, second] = stdout.split('\n');
    expect(first).toMatch(
      /09:00:00Z +entra +update +success +User +5f3c +a…@e… +7… +- +title, name.givenName +2026-11-22T08:59:00Z +request-1$/,
    );
    expect(second).toMatch(/08:00:00Z +entra +update +failed .* 409 uniqueness +userName is already in use/);
  });

  it('takes the tenant as an option too, but not two of them', async () => {
    const answers = { readLog: () => ({ entries: [] }) };
    const { stdout, api } = await runCli(['report', '--tenant', 'acme', ...ENDPOINT], { answers });
    expect(api.calls).toMatchObject([{ path: { tenant: 'acme' } }]);
    expect(stdout).toBe('no entry\n');
    for (const argv of [['report'], ['report', 'acme', '--tenant', 'globex'], ['report', 'acme', '--outcome', 'odd']]) {
      expect((await runCli([...argv, ...ENDPOINT], { answers })).exitCode).toBe(2);
    }
  });

  it('has personal values by a call of its own, and only where they are asked for', async () => {
    const revealed = {
      ...entry,
      changes: [
        { path: 'title', before: 'Miss', after: 'Countess' },
        { path: 'locale', before: 'x' },
      ],
    };
    const { stdout, api } = await runCli(['report', 'acme', '--reveal', '--outcome', 'success', ...ENDPOINT], {
      answers: { revealLog: () => ({ entries: [revealed] }) },
    });
    expect(api.calls).toMatchObject([{ operation: 'revealLog', body: { outcome: 'success', limit: 100 } }]);
    expect(stdout).toContain('title: "Miss" -> "Countess", locale: "x" -> gone');
  });

  it('goes on from page to page up to the limit, and says that there is more', async () => {
    const answers = {
      readLog: ({ query }: { readonly query: Readonly<Record<string, unknown>> }) =>
        query['after'] === undefined ? { entries: [entry], next: 'p2' } : { entries: [failed, failed], next: 'p3' },
    };
    const { stdout, api } = await runCli(['report', 'acme', '--limit', '2', ...ENDPOINT], { answers });
    expect(api.calls.map(({ query }) => [query['after'], query['limit']])).toEqual([
      [undefined, 2],
      ['p2', 1],
    ]);
    expect(stdout).toContain('There are more: --limit, or --to 2026-11-22T08:00:00Z');
    const { entries, isMore } = JSON.parse(
      (await runCli(['report', 'acme', '--limit', '2', '--json', ...ENDPOINT], { answers })).stdout,
    );
    expect({ count: entries.length, isMore }).toEqual({ count: 2, isMore: true });
  });

  it('writes all of it as CSV, which no spreadsheet runs', async () => {
    const nasty: LogEntry = {
      ...entry,
      application: '@operator',
      names: { userName: '=HYPERLINK("x")' },
      membersAdded: ['a', 'b'],
    };
    const { stdout } = await runCli(['report', 'acme', '--format', 'csv', ...ENDPOINT], {
      answers: {
        readLog: ({ query }) =>
          query['after'] === undefined ? { entries: [nasty], next: 'p2' } : { entries: [failed] },
      },
    });
    const [header, first, second, ...rest] = stdout.split('\r\n');
    expect(header).toBe(
      'time,application,requestId,operation,outcome,resourceType,id,userName,externalId,displayName,version,status,scimType,detail,changes,membersAdded,membersRemoved,cycle,purged',
    );
    expect(first).toContain(`,'@operator,`.replace(',', ','));
    expect(first).toContain(`"'=HYPERLINK(""x"")"`);
    expect(first).toContain('"title, name.givenName",a b,');
    expect(second).toContain(',409,uniqueness,"userName is already in use, ""…""",');
    expect(rest).toEqual(['']);
  });

  it('writes one JSON object a line', async () => {
    const { stdout } = await runCli(['report', 'acme', '--format', 'json', ...ENDPOINT], {
      answers: { readLog: () => ({ entries: [entry, failed] }) },
    });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([entry, failed]);
  });
});

describe('scim-stack log purge', () => {
  it('asks first, and goes on until all is gone', async () => {
    const steps = [
      { done: false, deleted: 500 },
      { done: true, deleted: 20 },
    ];
    const answers = { purgeLog: () => steps.shift() ?? { done: true, deleted: 0 } };
    const { stdout, stderr, api } = await runCli(['log', 'purge', 'acme', '--before', '365d', ...ENDPOINT], {
      answers,
      typed: ['acme'],
    });
    expect(stderr).toContain('before 2025-11-22T10:00:00Z');
    expect(api.calls.map(({ body }) => body)).toEqual(
      Array(2).fill({ confirm: 'acme', before: '2025-11-22T10:00:00.000Z' }),
    );
    expect(stdout).toBe('520 items of before 2025-11-22T10:00:00Z gone.\n');
  });

  it('does nothing unconfirmed, and tells that it can be carried on', async () => {
    const unconfirmed = await runCli(['log', 'purge', 'acme', '--before', '365d', ...ENDPOINT], { typed: ['no'] });
    expect(unconfirmed.exitCode).toBe(4);
    expect(unconfirmed.api.calls).toEqual([]);
    const answers = {
      purgeLog: () => {
        throw new FakeRefusal(400, 'invalid', 'the log of the last 24 hours stays');
      },
    };
    const { exitCode, stderr } = await runCli(['log', 'purge', 'acme', '--before', '1h', '--yes', ...ENDPOINT], {
      answers,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/not finished.*\n.*the log of the last 24 hours stays/s);
    expect((await runCli(['log', 'purge', 'acme', ...ENDPOINT])).exitCode).toBe(2);
  });
});
