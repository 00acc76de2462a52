import { describe, expect, it } from 'vitest';
import type { AttributeIndex, IndexProgress, RegisteredSchema } from '../../../../lambda/contract/admin-messages.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { ACME_USER, readDocumentedSchema } from '../../../helpers/custom-schema.ts';
import { type FakeAnswers, FakeRefusal } from '../../../helpers/fake-admin-api.ts';

const registered: RegisteredSchema = {
  id: ACME_USER,
  name: 'AcmeUser',
  resourceTypes: ['Group', 'User'],
  attributes: 4,
  created: '2026-11-01T00:00:00Z',
};

function indexOn(attribute: string, phase: AttributeIndex['phase']): AttributeIndex {
  return { resourceType: 'User', attribute, phase, since: '2026-11-01T00:00:00Z' };
}

/** Jobs that take as many calls as there are answers. */
function answering(...progress: readonly (IndexProgress | FakeRefusal)[]): FakeAnswers {
  const left = [...progress];
  const next = () => {
    const answer = left.shift();
    if (answer === undefined) throw new FakeRefusal(404, 'not_found', 'there is no such index');
    if (answer instanceof FakeRefusal) throw answer;
    return answer;
  };
  return { addSchema: () => registered, buildIndex: next, dropIndex: next };
}

const add = ['schemas', 'add', '--tenant', 'acme', '-', ...ENDPOINT];
const input = JSON.stringify(readDocumentedSchema());

describe('scim-stack schemas add', () => {
  it('sends the document, and says when it counts', async () => {
    const { exitCode, stdout, api } = await runCli(add, { answers: answering(), input });
    expect([exitCode, api.calls.length]).toEqual([0, 1]);
    expect(api.calls[0]).toMatchObject({ operation: 'addSchema', path: { tenant: 'acme' } });
    expect(api.calls[0]?.body).toEqual({ document: readDocumentedSchema() });
    expect(stdout).toContain('registered for Group and User of acme: 4 attributes. Requests go by it within 30 s.');
  });

  it('takes types of resources in any case, twice', async () => {
    const types = ['--resource-type', 'group', '--resource-type', 'USER'];
    const { api } = await runCli([...add, ...types], { answers: answering(), input });
    expect(api.calls[0]?.body).toMatchObject({ resourceTypes: ['Group', 'User'] });
    const { exitCode, stderr } = await runCli([...add, '--resource-type', 'Robot'], { answers: answering(), input });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Expected User or Group')]);
  });

  it('begins every index before it waits for one, for each type of resource', async () => {
    const written = (attribute: string): IndexProgress => ({
      ...{ done: false, handled: 0, retryAfterSeconds: 90, index: indexOn(attribute, 'written') },
    });
    const read = (attribute: string): IndexProgress => ({ done: true, handled: 1, index: indexOn(attribute, 'read') });
    const answers = answering(written('a'), written('a'), written('b'), written('b'), ...Array(4).fill(read('a')));
    const { exitCode, api, waits } = await runCli([...add, '--index', 'costCode', '--index', 'urn:x:y:title'], {
      answers,
      input,
    });
    const asked = api.calls.slice(1).map(({ body }) => `${body['resourceType']} ${body['attribute']}`);
    const every = [
      ...[`Group ${ACME_USER}:costCode`, 'Group urn:x:y:title'],
      ...[`User ${ACME_USER}:costCode`, 'User urn:x:y:title'],
    ];
    expect(asked).toEqual([...every, ...every]);
    expect([exitCode, waits]).toEqual([0, []]);
  });

  it.each([
    [['schemas', 'add', '--tenant', 'acme', '/nowhere/x.json'], 'cannot read /nowhere/x.json'],
    [['schemas', 'add', '--tenant', 'acme', '-'], 'standard input is not JSON'],
  ])('calls nobody where there is no document: %j', async (argv, message) => {
    const { exitCode, stderr, api } = await runCli([...argv, ...ENDPOINT], { answers: answering(), input: '{' });
    expect([exitCode, api.calls, stderr]).toEqual([1, [], expect.stringContaining(message)]);
  });
});

describe('scim-stack schemas index', () => {
  const index = ['schemas', 'index', '--tenant', 'acme', '--attribute', 'title', ...ENDPOINT];

  it('calls until it is done, and waits as long as it is told', async () => {
    const answers = answering(
      { done: false, handled: 0, retryAfterSeconds: 90, index: indexOn('title', 'written') },
      { done: false, handled: 0, retryAfterSeconds: 12, index: indexOn('title', 'written') },
      { done: false, handled: 900, retryAfterSeconds: 0, index: indexOn('title', 'written') },
      new FakeRefusal(504, 'timeout', 'too slow'),
      { done: true, handled: 100, index: indexOn('title', 'read') },
    );
    const { exitCode, stdout, waits } = await runCli(index, { answers });
    expect([exitCode, stdout]).toEqual([0, 'Filters on title are answered from an index.\n']);
    expect(waits).toEqual([12_000, 1_000]);
  });

  it('says that it goes on, where it was interrupted', async () => {
    const begun = { done: false, handled: 0, retryAfterSeconds: 0, index: indexOn('title', 'written') } as const;
    const { exitCode, stderr } = await runCli(index, {
      answers: answering(begun, begun, new FakeRefusal(409, 'conflict', 'the index is being removed')),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('call the command again, and it goes on');
  });

  it('says no more than why, where it is refused at once', async () => {
    const { exitCode, stderr } = await runCli(index, {
      answers: answering(new FakeRefusal(400, 'invalid', 'title cannot be indexed')),
    });
    expect([exitCode, stderr]).toEqual([1, 'error: title cannot be indexed']);
  });
});

describe('scim-stack schemas unindex', () => {
  const unindex = ['schemas', 'unindex', '--tenant', 'acme', '--attribute', 'title', ...ENDPOINT];

  it('wants the name typed', async () => {
    const done = answering({ done: true, handled: 0 });
    const { exitCode, api } = await runCli(unindex, { answers: done, typed: ['x'] });
    expect([exitCode, api.calls]).toEqual([4, []]);
    expect((await runCli(unindex, { answers: done, typed: ['acme'] })).exitCode).toBe(0);
  });

  it('takes an index that is gone for removed, once the removal was begun', async () => {
    const begun = { done: false, handled: 5, retryAfterSeconds: 0, index: indexOn('title', 'unwritten') } as const;
    expect((await runCli([...unindex, '--yes'], { answers: answering(begun) })).exitCode).toBe(0);
    expect((await runCli([...unindex, '--yes'], { answers: answering() })).exitCode).toBe(1);
  });
});

describe('scim-stack schemas list', () => {
  it('shows schemas and indexes, or how to make the first', async () => {
    const list = ['schemas', 'list', '--tenant', 'acme', ...ENDPOINT];
    const some = {
      schemas: [registered, { ...registered, id: 'urn:x1:y', removedAt: '2026-11-02T00:00:00Z' }],
      indexes: [indexOn('title', 'written')],
    };
    const { stdout } = await runCli(list, { answers: { listSchemas: () => some } });
    expect(stdout).toMatch(/urn:x1:y +AcmeUser +Group, User +4 +removed/);
    expect(stdout).toMatch(/title +User +written +2026-11-01T00:00:00Z/);
    const none = await runCli(list, { answers: { listSchemas: () => ({ schemas: [], indexes: [] }) } });
    expect(none.stdout).toContain('scim-stack schemas add --tenant acme <file>');
  });
});
