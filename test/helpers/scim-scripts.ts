import { join } from 'node:path';
import * as z from 'zod';
import type { RunningTenant } from './local-run.ts';
import { projectRoot, runProcess } from './processes.ts';
import { preparePython } from './python.ts';

const CheckSchema = z.strictObject({
  status: z.enum(['SUCCESS', 'COMPLIANT', 'ACCEPTABLE', 'DEVIATION', 'ERROR', 'CRITICAL', 'SKIPPED']),
  title: z.string(),
  resourceType: z.string().nullable(),
  reason: z.string(),
  data: z.string().nullable(),
});

/** One finding of scim2-tester. */
export type Check = z.infer<typeof CheckSchema>;

/** Runs every check of scim2-tester against a tenant. */
export async function runScimTester(tenant: RunningTenant): Promise<readonly Check[]> {
  return z.array(CheckSchema).parse(await runScimScript(tenant, 'scim2_tester_checks.py'));
}

/** The checks that found something amiss. */
export function amissIn(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ status }) => !['SUCCESS', 'COMPLIANT', 'ACCEPTABLE'].includes(status));
}

/** Runs one of the Python scripts in test/conformance/ against a tenant, and gives the JSON that it prints. */
export async function runScimScript(tenant: RunningTenant, script: string): Promise<unknown> {
  const env = { ...process.env, SCIM_TENANT_URL: tenant.tenantUrl, SCIM_TOKEN: tenant.token };
  const python = await preparePython();
  const result = await runProcess(python, ['-B', join(projectRoot, 'test', 'conformance', script)], { env });
  if (result.status !== 0) throw new Error(`${script} ended with ${result.status}: ${result.stderr}`);
  return JSON.parse(result.stdout);
}
