import { describe, expect, it } from 'vitest';
import { concernsFeed, findSubject } from '../../../../directory/feed/subject.ts';
import * as accessKeys from '../../../../directory/store/access-keys.ts';
import * as resourceKeys from '../../../../directory/store/keys.ts';
import * as logKeys from '../../../../directory/store/log-keys.ts';
import * as tenantKeys from '../../../../directory/store/tenant-keys.ts';

const keys = { ...resourceKeys, ...tenantKeys, ...logKeys, ...accessKeys };

const ID = '00000000-0000-4000-8000-000000000001';
const TIME = '2026-11-22T10:00:00.000Z';

describe('findSubject', () => {
  it.each([
    [keys.resourceKey('acme', 'User', ID), { kind: 'resource', tenant: 'acme', type: 'User', id: ID }],
    [keys.resourceKey('acme', 'Group', ID), { kind: 'resource', tenant: 'acme', type: 'Group', id: ID }],
    [keys.tombstoneKey('acme', 'Group', ID), { kind: 'tombstone', tenant: 'acme', type: 'Group', id: ID }],
    [keys.purgedKey('acme', 'User', ID), { kind: 'purged', tenant: 'acme', type: 'User', id: ID }],
    [keys.journalChunkKey('acme', ID, 'j', 3), { kind: 'chunk', tenant: 'acme', groupId: ID }],
    [keys.cycleKey('acme', 'entra', TIME), { kind: 'cycle', tenant: 'acme', application: 'entra' }],
    [keys.applicationKey('acme', 'entra'), { kind: 'application', tenant: 'acme', application: 'entra' }],
    [keys.logKey('acme', TIME, 'x'), { kind: 'log', tenant: 'acme' }],
  ])('knows %o', (key, subject) => {
    expect(findSubject(key)).toEqual(subject);
  });

  it.each([
    keys.tenantKey('acme'),
    keys.tenantListKey('acme'),
    keys.auditKey(TIME, 'x'),
    keys.schemaKey('acme', 'urn:x'),
    keys.claimKey('acme', 'User', 'userName', 'ada'),
    keys.indexKey('acme', 'TombstoneUser', 'externalId', 'e', ID),
    keys.memberKey('acme', ID, ID),
    keys.memberOfKey('acme', ID, ID),
    keys.counterKey('acme', 'User', ID),
    keys.formerMembershipKey('acme', ID, ID),
    keys.openDeletionKey('acme', ID),
    keys.journalEntryKey('acme', ID, 'j'),
    keys.currentCycleKey('acme', 'entra'),
    keys.parkedKey('acme', 'x', 0),
    { pk: keys.logOfApplicationPartition('acme', 'entra'), sk: 'x' },
    { pk: keys.logOfResourcePartition('acme', ID), sk: 'x' },
    { pk: keys.logOfIdentifierPartition('acme', 'x'), sk: 'x' },
  ])('has no use for %o', (key) => {
    expect(concernsFeed(key)).toBe(false);
  });
});
