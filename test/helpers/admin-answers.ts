import type { Application, IssuedToken, Tenant, TokenStatus } from '../../lambda/contract/admin-messages.ts';

export const validToken: TokenStatus = {
  state: 'valid',
  current: {
    credentialId: '0123456789ab',
    issuedAt: '2026-11-01T00:00:00Z',
    expiresAt: '2027-11-01T00:00:00Z',
    lastUsedAt: '2026-11-22T09:50:00Z',
  },
  warnings: [],
};

export const application: Application = {
  name: 'default',
  created: '2026-11-01T00:00:00Z',
  muted: false,
  features: { create: true, update: true, deactivate: true, delete: true, groups: true },
  immutableExternalId: false,
  token: validToken,
};

export const acme: Tenant = {
  name: 'acme',
  state: 'active',
  created: '2026-11-01T00:00:00Z',
  tenantUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/prod/acme/scim/v2',
  settings: {
    ...{ uniqueGroupNames: true, maxPageSize: 200, maxMemberChanges: 5_000 },
    ...{ maxBulkOperations: 1_000, maxBulkBytes: 1_048_576 },
    ...{ eventAttributes: ['userName'], webhookUrl: null, retentionDays: 30, deleteAfterDeactivatedDays: null },
    ...{ returningUsers: 'create', requiredAttributes: [], inactiveOnCreate: 'accept' },
    ...{ createDefaults: { timezone: 'Etc/UTC' }, locallyOwned: [] },
  },
  counts: { users: 1_000, groups: 1 },
  applications: [application],
};

export const issued: IssuedToken = {
  tenant: 'acme',
  application: 'default',
  tenantUrl: acme.tenantUrl,
  token: 'scim_acme_default_secret',
  credentialId: '0123456789ab',
  expiresAt: '2027-11-22T10:00:00Z',
};
