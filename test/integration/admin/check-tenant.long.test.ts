import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { Action, Item, ScannableTable } from '../../../directory/store/item-table.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { nameOwners, own, ownedBy, sweepAll } from '../../helpers/ownership.ts';
import { allIn, createTestTable, tableKind } from '../../helpers/tables.ts';

const path = { tenant: 'acme' };

let table: ScannableTable;
let context: DirectoryContext;
let ada: string;
let bob: string;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  await admin.ok('createTenant', { body: { name: 'acme' } });
  context = await createContext(table);
  ada = await addUser(context, 'ada@example.com', { externalId: 'e-1' });
  bob = await addUser(context, 'bob@example.com');
  const gone = await addUser(context, 'gone@example.com', { externalId: 'e-3' });
  const sales = await addGroup(context, 'Sales', [ada, bob]);
  await addGroup(context, 'Everyone', [sales]);
  await deleteResource(context, 'User', gone, { ifMatch: undefined });
  await nameOwners(context, { companyOwners: [bob] });
  await own(context, ada, 'plan');
});

async function check(repair: boolean): Promise<{ problem: string; repaired: boolean }[]> {
  const findings = [];
  let after: string | undefined;
  do {
    const body = { repair, ...(after === undefined ? {} : { after }) };
    const report = await admin.ok('checkTenant', { path, body });
    findings.push(...report.findings);
    after = report.next;
  } while (after !== undefined);
  return findings;
}

describe('checking a tenant', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await check(false)).toEqual([]);
  });

  it('finds and mends whatever single item is lost', async () => {
    const items = (await allIn(table)).filter(({ pk }) =>
      /#(UNIQUE|INDEX|COUNT|MEMBERS|MEMBEROF|OWNS|OWNED)(#|$)/.test(pk),
    );
    // Of DynamoDB Local, which takes a second for each, every eighth: the logic is the same over both tables.
    for (const item of items.filter((_, n) => tableKind === 'sqlite' || n % 8 === 0)) {
      // A claim of a tombstone may be missing, for somebody may have taken it over and gone.
      if (item['tombstone'] === true || item['count'] === 0) continue;
      await loseAndMend(item);
    }
  });

  it('finds and mends what belongs to a resource that is lost', async () => {
    const resources = (await allIn(table)).filter(({ pk }) => /^T#acme#(User|Group)$/.test(pk));
    for (const item of resources) {
      await table.writeOne({ kind: 'delete', key: { pk: item.pk, sk: item.sk } });
      const findings = await check(true);
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.every(({ repaired }) => repaired)).toBe(true);
      expect(await check(false)).toEqual([]);
    }
    expect(await checkInvariants(table)).toEqual([]);
  });

  it('has what somebody owned who has left passed on, where nobody knew of it', async () => {
    const key = resourceKey('acme', 'User', ada);
    await table.writeOne({ kind: 'update', key, remove: ['owns'] });
    expect(await check(true)).toMatchObject([
      { problem: expect.stringContaining('nobody passes it on'), repaired: true },
    ]);
    expect(await check(false)).toEqual([]);
    await sweepAll(context);
    expect([await ownedBy(context, ada), await ownedBy(context, bob)]).toEqual([[], ['plan']]);
    expect(await checkInvariants(table)).toEqual([]);
  });

  it('finds and mends that a user is kept out by the guard though no request is held', async () => {
    const user = (await allIn(table)).find(({ pk }) => pk === 'T#acme#User');
    const key = { pk: user?.pk ?? '', sk: user?.sk ?? '' };
    const held = { entra: { id: 'e0a1', since: '2026-11-01T00:00:00.000Z' } };
    await table.writeOne({ kind: 'update', key, set: { held, heldVersion: 1 } });
    expect(await checkInvariants(table)).toMatchObject([{ key, problem: expect.stringContaining('guard') }]);
    expect(await check(true)).toMatchObject([{ problem: expect.stringContaining('entra'), repaired: true }]);
    expect([await check(false), await checkInvariants(table)]).toEqual([[], []]);
  });

  it('mends only when asked, and records that it did without any name', async () => {
    const claim = (await allIn(table)).find(({ pk }) => pk.includes('#UNIQUE#User.userName'));
    await table.writeOne({ kind: 'delete', key: { pk: claim?.pk ?? '', sk: claim?.sk ?? '' } });
    expect(await check(false)).toMatchObject([{ problem: expect.stringContaining('claim'), repaired: false }]);
    admin.time += 1;
    expect(await check(true)).toMatchObject([{ repaired: true }]);
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records).toContainEqual(
      expect.objectContaining({ action: 'tenants.repair', after: { repaired: { UNIQUE: 1 } } }),
    );
    expect(JSON.stringify(records)).not.toContain('example.com');
  });

  it('goes on where a call had to end', async () => {
    const [first] = (await allIn(table)).filter(({ pk }) => pk.includes('#INDEX#'));
    await table.writeOne({ kind: 'delete', key: { pk: first?.pk ?? '', sk: first?.sk ?? '' } });
    // Each look at the clock takes a while.
    const slow = new AdminApi(table, new MemoryVault(), { now: () => (admin.time += 100) });
    let calls = 0;
    let found = 0;
    let after: string | undefined;
    do {
      const report = await slow.ok('checkTenant', { path, body: after === undefined ? {} : { after } });
      found += report.findings.length;
      after = report.next;
      calls += 1;
    } while (after !== undefined);
    expect(calls).toBeGreaterThan(2);
    expect(found).toBe(1);
  });
});

async function loseAndMend(item: Item): Promise<void> {
  const back: Action = { kind: 'put', item };
  await table.writeOne({ kind: 'delete', key: { pk: item.pk, sk: item.sk } });
  const findings = await check(true);
  expect(
    findings.map(({ repaired }) => repaired),
    `${item.pk} ${item.sk}`,
  ).toContain(true);
  expect(await check(false)).toEqual([]);
  expect(await checkInvariants(table)).toEqual([]);
  // Half a membership is taken away: it is put back for the next.
  if (/#MEMBER/.test(item.pk)) {
    const [, tenant, side, owner] = item.pk.split('#');
    const other = side === 'MEMBERS' ? 'MEMBEROF' : 'MEMBERS';
    await table.write([
      back,
      { kind: 'put', item: { ...item, pk: `T#${tenant}#${other}#${item.sk}`, sk: owner ?? '' } },
    ]);
  }
}
