import * as z from 'zod';
import type { RunningTenant } from '../helpers/local-run.ts';
import { sendScim } from '../helpers/scim-client.ts';
import type { Expected } from './release.ts';

const PageSchema = z.object({ totalResults: z.number(), Resources: z.array(z.looseObject({ id: z.string() })) });
type Resources = z.infer<typeof PageSchema>['Resources'];

/** Every user and every group of the tenant, with `{tenantUrl}` in the place of the Tenant URL, which a run's port is part of. */
export async function readTenant(tenant: RunningTenant): Promise<Expected['tenants'][string]> {
  return { Users: await readAll(tenant, 'Users'), Groups: await readAll(tenant, 'Groups') };
}

async function readAll(tenant: RunningTenant, endpoint: string): Promise<Resources> {
  const resources: Resources = [];
  for (;;) {
    const { status, body } = await sendScim(tenant, 'GET', `${endpoint}?startIndex=${resources.length + 1}&count=100`);
    if (status !== 200) throw new Error(`GET ${endpoint}: ${status}`);
    const page = PageSchema.parse(JSON.parse(JSON.stringify(body).replaceAll(tenant.tenantUrl, '{tenantUrl}')));
    resources.push(...page.Resources);
    if (resources.length >= page.totalResults || page.Resources.length === 0) return resources;
  }
}

const MembersSchema = z.object({ members: z.array(z.object({ value: z.string() })).default([]) });

/** The ids of the group's members, in order. */
export async function readMemberIds(tenant: RunningTenant, groupId: string): Promise<readonly string[]> {
  const { body } = await sendScim(tenant, 'GET', `Groups/${groupId}?attributes=members`);
  return MembersSchema.parse(body)
    .members.map(({ value }) => value)
    .sort();
}

/** The body of a PATCH. */
export function patchBody(...operations: readonly object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}

export function addition(...ids: readonly string[]): object {
  return { op: 'add', path: 'members', value: ids.map((value) => ({ value })) };
}
