import { describe, expect, it } from 'vitest';
import { acme } from '../../../helpers/admin-answers.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { type FakeAnswers, FakeRefusal } from '../../../helpers/fake-admin-api.ts';

const remove = ['tenants', 'delete', 'acme', ...ENDPOINT];

type Answer = ReturnType<NonNullable<FakeAnswers['deleteTenant']>>;

/** A deletion that takes as many calls as there are answers. */
function deleting(...answers: readonly (Answer | FakeRefusal)[]): FakeAnswers {
  const left = [...answers];
  return {
    showTenant: () => acme,
    deleteTenant: () => {
      const answer = left.shift();
      if (answer === undefined) throw new FakeRefusal(404, 'not_found', 'there is no tenant acme');
      if (answer instanceof FakeRefusal) throw answer;
      return answer;
    },
  };
}

describe('scim-stack tenants delete', () => {
  it('shows what there is, and wants the name typed', async () => {
    const answers = deleting({ done: true, deleted: 5 });
    const { exitCode, stdout, stderr, api } = await runCli(remove, { answers, typed: ['acme'] });
    expect(stderr).toContain('acme has 1000 users, 1 group, 1 application with its tokens.');
    expect(exitCode).toBe(0);
    expect(stdout).toBe('acme is deleted: 5 items.\n');
    expect(api.calls[1]).toMatchObject({ operation: 'deleteTenant', body: { confirm: 'acme' } });
  });

  it('deletes nothing without the name', async () => {
    const { exitCode, api } = await runCli(remove, { answers: deleting({ done: true, deleted: 5 }), typed: [''] });
    expect(exitCode).toBe(4);
    expect(api.calls.map(({ operation }) => operation)).toEqual(['showTenant']);
  });

  it('calls again until the job is done, and waits where it is asked to', async () => {
    const answers = deleting(
      { done: false, deleted: 900, retryAfterSeconds: 0 },
      { done: false, deleted: 100, retryAfterSeconds: 41 },
      { done: true, deleted: 3 },
    );
    const { stdout, waits } = await runCli([...remove, '--yes', '--json'], { answers });
    expect(JSON.parse(stdout)).toEqual({ tenant: 'acme', deleted: 1_003 });
    expect(waits).toEqual([41_000]);
  });

  it('goes on where a call was not answered in time', async () => {
    const answers = deleting({ done: false, deleted: 900 }, new FakeRefusal(504, 'timeout', 'too slow'), {
      done: true,
      deleted: 1,
    });
    expect(await runCli([...remove, '--yes'], { answers })).toMatchObject({ exitCode: 0, waits: [1_000] });
  });

  it('takes a tenant that is gone meanwhile for deleted', async () => {
    const answers = deleting({ done: false, deleted: 900 }, new FakeRefusal(504, 'timeout', 'too slow'));
    const { exitCode, stdout } = await runCli([...remove, '--yes'], { answers });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('acme is deleted: 900 items.\n');
  });

  it('says that it can be called again where it fails half-way', async () => {
    const answers = deleting({ done: false, deleted: 900 }, new FakeRefusal(500, 'internal', 'internal error'));
    const { exitCode, stderr } = await runCli([...remove, '--yes'], { answers });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('not finished (900 items so far): call the command again');
  });

  it('says that a deletion goes on which was begun before', async () => {
    const answers = {
      ...deleting({ done: true, deleted: 1 }),
      showTenant: () => ({ ...acme, state: 'deleting' as const }),
    };
    const { stderr } = await runCli(remove, { answers, typed: ['acme'] });
    expect(stderr).toContain('Its deletion was begun, and goes on');
  });

  it('fails where there is no such tenant', async () => {
    const showTenant = () => {
      throw new FakeRefusal(404, 'not_found', 'there is no tenant acme');
    };
    const { exitCode, stderr } = await runCli([...remove, '--yes'], { answers: { showTenant } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no tenant acme');
  });
});
