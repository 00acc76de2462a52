import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { type LocalRun, startLocalRun } from '../helpers/local-run.ts';
import { preparePython } from '../helpers/python.ts';
import { amissIn, runScimScript, runScimTester } from '../helpers/scim-scripts.ts';

const StepSchema = z.strictObject({ step: z.string(), passed: z.boolean(), detail: z.string() });

const tables = ['SQLite', 'DynamoDB Local'] as const;

describe.each(tables)('npm start on %s', (table) => {
  let run: LocalRun;

  beforeAll(async () => {
    await preparePython();
    const args = table === 'SQLite' ? [] : ['--dynamodb', inject('dynamodbUrl')];
    run = await startLocalRun({ tenants: ['clients'], args });
  });

  afterAll(async () => {
    await run.stop();
  });

  it('passes every check of scim2-tester', async () => {
    const checks = await runScimTester(run.tenant);
    expect(amissIn(checks)).toEqual([]);
    const titles = new Set(checks.map(({ title }) => title));
    expect([...titles]).toEqual(
      expect.arrayContaining(['object_creation', 'check_remove_attribute', 'object_deletion']),
    );
    expect(checks.length).toBeGreaterThan(100);
  });

  it("passes a walk of scim2-client's create, query, modify and delete", async () => {
    const steps = z.array(StepSchema).parse(await runScimScript(run.tenant, 'scim2_client_walk.py'));
    expect(steps.filter(({ passed }) => !passed)).toEqual([]);
    expect(steps.at(-1)?.step).toBe('lets the name be taken again');
  });
});
