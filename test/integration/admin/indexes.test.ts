import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { MAX_ADDED_INDEXES } from '../../../directory/lookup-values.ts';
import { PHASE_MILLIS } from '../../../directory/operator/indexes.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { indexKey, indexPartition } from '../../../directory/store/keys.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { attributeIndexKey } from '../../../directory/store/tenant-keys.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { ACME_USER } from '../../helpers/custom-schema.ts';
import { COST_CODE, type IndexProcess, IndexScene, namesWithCode } from '../../helpers/index-scene.ts';
import { createSeededRandom } from '../../helpers/seeded-random.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

const path = { tenant: 'acme' };

const MODES: readonly (AdversarialMode | { readonly kind: 'plain' })[] =
  tableKind === 'dynamodb'
    ? [{ kind: 'plain' }]
    : [{ kind: 'plain' }, { kind: 'overlap' }, { kind: 'torn' }, { kind: 'chaos', seed: 5, rate: 0.1 }];

const CODES = ['K-1', 'k-1', 'K-2', 'Ä-3'];

describe.each(MODES)('an index on an attribute in use, table mode $kind', (mode) => {
  let plain: ScannableTable;
  let table: ItemTable;
  let scene: IndexScene;

  beforeEach(async () => {
    plain = await createTestTable();
    table = mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
    scene = await IndexScene.create(plain, table);
  });

  /** What identity providers do to users: create, change and delete, as many as there are, all at once. */
  async function work(processes: readonly IndexProcess[], users: string[], round: number): Promise<void> {
    const random = createSeededRandom(round + 1);
    const codeOf = () => CODES[Math.floor(random() * CODES.length)] ?? 'K-1';
    await Promise.all(
      processes.map(async (process, n) => {
        for (let i = 0; i < 6; i++) {
          users.push(await process.create(`user-${round}-${n}-${i}`, random() < 0.8 ? codeOf() : undefined));
          const id = users[Math.floor(random() * users.length)] ?? '';
          const step = random();
          const change =
            step < 0.6
              ? process.setCode(id, random() < 0.8 ? codeOf() : null)
              : step < 0.75
                ? deleteResource(process.request(), 'User', id, { ifMatch: undefined }).then(() => undefined)
                : Promise.resolve();
          await change.catch((error: { status?: number }) => {
            if (error.status !== 404) throw error;
          });
        }
      }),
    );
  }

  async function expectFound(process: IndexProcess): Promise<void> {
    for (const code of ['K-2', 'Ä-3', 'nothing']) {
      expect((await process.find(code)).names).toEqual(await namesWithCode(plain, code));
    }
  }

  it('finds all that looking at every user finds, whatever older processes wrote meanwhile', async () => {
    const users: string[] = [];
    const old = await scene.process(table);
    await work([old, old], users, 0);

    const { body: begun } = await scene.build();
    expect(begun).toMatchObject({
      done: false,
      index: { attribute: COST_CODE, phase: 'written' },
      retryAfterSeconds: 90,
    });
    const writing = await scene.process(table);
    await work([old, writing, writing], users, 1);
    scene.admin.time += PHASE_MILLIS - 1;
    expect((await scene.build()).body).toMatchObject({
      done: false,
      handled: 0,
      index: { phase: 'written' },
      retryAfterSeconds: 1,
    });
    await work([old, writing], users, 2);
    await expectFound(writing);

    // From here on nobody is left who knows nothing of the index.
    scene.admin.time += 1;
    const [phases] = await Promise.all([scene.toTheEnd(() => scene.build()), work([writing, writing], users, 3)]);
    expect(phases.at(-1)).toBe('read');
    const reading = await scene.process(table);
    await work([writing, reading], users, 4);
    expect(await checkInvariants(plain)).toEqual([]);
    await expectFound(reading);
    expect((await scene.entries())[1]).toBeGreaterThan(0);
  });

  it('answers rightly until the last entry is gone, whoever still reads it', async () => {
    const users: string[] = [];
    await work([await scene.process(table)], users, 0);
    await scene.toTheEnd(() => scene.build());
    const reading = await scene.process(table);

    expect((await scene.drop()).body).toMatchObject({ done: false, index: { phase: 'unread' }, retryAfterSeconds: 90 });
    const unreading = await scene.process(table);
    await work([reading, unreading], users, 1);
    expect(await checkInvariants(plain)).toEqual([]);
    await expectFound(reading);
    await expectFound(unreading);

    scene.admin.time += PHASE_MILLIS;
    expect((await scene.drop()).body).toMatchObject({ done: false, index: { phase: 'unwritten' } });
    const unwriting = await scene.process(table);
    await work([unreading, unwriting], users, 2);
    await expectFound(unreading);
    await expectFound(unwriting);

    scene.admin.time += PHASE_MILLIS;
    const [phases] = await Promise.all([scene.toTheEnd(() => scene.drop()), work([unwriting], users, 3)]);
    expect(phases.at(-1)).toBeUndefined();
    expect(await scene.entries()).toEqual([0, 0]);
    expect(await checkInvariants(plain)).toEqual([]);
    expect((await scene.drop()).status).toBe(404);
    await scene.toTheEnd(() => scene.build());
    await expectFound(await scene.process(table));
  });
});

describe('an index', () => {
  let plain: ScannableTable;
  let scene: IndexScene;

  beforeEach(async () => {
    plain = await createTestTable();
    scene = await IndexScene.create(plain);
  });

  async function build(attribute: string, resourceType = 'User') {
    return await scene.admin.call('buildIndex', { path, body: { resourceType, attribute } });
  }

  it('finds a user with two reads, at any size', async () => {
    const process = await scene.process();
    for (let n = 0; n < 30; n++) await process.create(`user-${n}`, `K-${n % 10}`);
    await scene.toTheEnd(() => scene.build());
    const reading = await scene.process();
    const before = await process.find('k-7');
    const after = await reading.find('k-7');
    expect(after.names).toEqual(['user-17', 'user-27', 'user-7']);
    expect([before.names, after.calls < before.calls, after.calls]).toEqual([after.names, true, 2]);
  });

  it('is the same whether its job runs in one call or in many, each of which tells how far it is', async () => {
    const process = await scene.process();
    for (let n = 0; n < 450; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => process.create(`user-${n + i}`, `K-${n + i}`)));
    }
    await scene.build();
    scene.admin.time += PHASE_MILLIS;
    let calls = 0;
    const slow = IndexScene.adminOver(
      plain.withMeter({
        count: () => {
          slow.time += 40;
        },
      }),
    );
    slow.time = scene.admin.time;
    const handled: number[] = [];
    for (let done = false; !done; calls++) {
      const { body } = await scene.build(slow);
      handled.push(body.handled);
      done = body.done;
      if (!done) expect(body).toMatchObject({ index: { phase: 'written' }, retryAfterSeconds: 0 });
    }
    expect(calls).toBeGreaterThan(1);
    expect(handled.reduce((sum, each) => sum + each, 0)).toBe(450);
    expect(await scene.entries()).toEqual([450, 0]);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('of an attribute of the standards works alike, named without its URN and in any case', async () => {
    const process = await scene.process();
    await process.create('ada', 'K-1');
    const { body } = await build('Department');
    const attribute = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department';
    expect(body.index).toMatchObject({ resourceType: 'User', attribute });
    await scene.toTheEnd(() => build('DEPARTMENT'));
    await scene.toTheEnd(() => build('name.familyName'));
    await scene.toTheEnd(() => build('manager'));
    const { indexes } = await scene.admin.ok('listSchemas', { path });
    expect(indexes.map((index: { attribute: string; phase: string }) => [index.attribute, index.phase])).toEqual([
      ['name.familyName', 'read'],
      [attribute, 'read'],
      ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value', 'read'],
    ]);
  });

  it.each([
    ['nothing', 'User', 'is no attribute of a User'],
    [`${ACME_USER}:costCode`, 'Group', 'is no attribute of a Group'],
    ['phoneNumbers.value', 'User', 'it may have several values'],
    [`${ACME_USER}:sites.value`, 'User', 'it may have several values'],
    [`${ACME_USER}:clearance`, 'User', 'it is of type integer'],
    [`${ACME_USER}:badge.validUntil`, 'User', 'it is of type dateTime'],
    [`${ACME_USER}:badge`, 'User', 'it is of type complex'],
    ['active', 'User', 'it is of type boolean'],
    ['password', 'User', 'it is not stored with the resource'],
    ['id', 'User', 'it is not stored with the resource'],
    ['groups.value', 'User', 'it is not stored with the resource'],
    ['members', 'Group', 'it is not stored with the resource'],
    ['userName', 'User', 'every tenant has it indexed'],
    ['emails', 'User', 'it may have several values'],
    ['employeeNumber', 'User', 'every tenant has it indexed'],
    ['displayName', 'Group', 'every tenant has it indexed'],
  ])('is refused on %s of a %s', async (attribute, resourceType, reason) => {
    const { status, body } = await build(attribute, resourceType);
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    expect(body.error.message).toContain(reason);
    expect((await scene.admin.ok('listSchemas', { path })).indexes).toEqual([]);
  });

  it('is one of four for each type of resource', async () => {
    const attributes = ['title', 'displayName', 'nickName', 'locale', 'timezone'];
    const statuses = [];
    for (const attribute of attributes) statuses.push((await build(attribute)).status);
    expect(statuses).toEqual([...Array.from({ length: MAX_ADDED_INDEXES }, () => 200), 409]);
    expect((await build('title')).status).toBe(200);
  });

  it('leaves room in a transaction for a resource that has all that can be indexed', async () => {
    const titles = ['title', 'displayName', 'nickName', 'locale'];
    for (const attribute of titles) await build(attribute);
    for (const attribute of titles) await scene.toTheEnd(() => build(attribute));
    const process = await scene.process();
    const all = (text: string) => ({
      ...Object.fromEntries(titles.map((name) => [name, text])),
      externalId: text,
      emails: Array.from({ length: 38 }, (_, n) => ({ value: `${text}-${n}@example.com` })),
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: text },
    });
    const id = await process.create('ada', undefined, all('a'));
    await process.patch(id, { op: 'replace', value: { userName: 'countess', ...all('b') } });
    await expect(process.patch(id, { op: 'add', path: 'emails', value: [{ value: 'c' }] })).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
    });
    await deleteResource(process.request(), 'User', id, { ifMatch: undefined });
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('keeps its schema registered, and is not made anew while it is removed', async () => {
    await scene.build();
    const removal = { path: { ...path, id: ACME_USER }, body: { confirm: 'acme' } };
    const refused = await scene.admin.call('removeSchema', removal);
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining(COST_CODE)]);
    expect((await scene.drop()).body.index.phase).toBe('unwritten');
    expect((await scene.build()).status).toBe(409);
    await scene.toTheEnd(() => scene.drop());
    expect((await scene.admin.call('removeSchema', removal)).status).toBe(200);
    expect((await scene.build()).status).toBe(400);
  });

  it('is recorded, phase by phase', async () => {
    scene.admin.time += 1;
    await scene.toTheEnd(() => scene.build());
    await scene.toTheEnd(() => scene.drop());
    const { records } = await scene.admin.ok('listAudit', { query: { tenant: 'acme' } });
    const own = records.filter(({ action }: { action: string }) => action.startsWith('indexes.'));
    type Record = { action: string; before?: { phase: string }; after?: { phase: string } };
    const steps = own.map(({ action, before, after }: Record) => [action, before?.phase, after?.phase]);
    expect(steps).toHaveLength(5);
    expect(steps).toEqual(
      expect.arrayContaining([
        ['indexes.remove', 'unwritten', undefined],
        ['indexes.phase', 'unread', 'unwritten'],
        ['indexes.phase', 'read', 'unread'],
        ['indexes.phase', 'written', 'read'],
        ['indexes.add', undefined, 'written'],
      ]),
    );
  });

  it('is looked into by the checker from the phase on in which it is read', async () => {
    const process = await scene.process();
    const id = await process.create('ada', 'K-1');
    const check = async (repair = false) => (await scene.admin.ok('checkTenant', { path, body: { repair } })).findings;
    await scene.build();
    expect([await check(), await checkInvariants(plain)]).toEqual([[], []]);
    await scene.toTheEnd(() => scene.build());
    expect(await checkInvariants(plain)).toEqual([]);

    const key = indexKey('acme', 'User', COST_CODE, 'k-1', id);
    const stray = indexKey('acme', 'User', COST_CODE, 'k-2', id);
    await plain.writeOne({ kind: 'delete', key });
    await plain.writeOne({ kind: 'put', item: { ...stray, format: 1 } });
    expect((await checkInvariants(plain)).map((finding) => finding.key.sk).sort()).toEqual([key.sk, stray.sk]);
    const findings = await check(true);
    expect(findings.map(({ repaired }: { repaired: boolean }) => repaired)).toEqual([true, true]);
    expect([await check(), await checkInvariants(plain)]).toEqual([[], []]);
  });

  it('goes with the tenant, in whatever phase, entries of deleted users included', async () => {
    const process = await scene.process();
    await process.create('ada', 'K-1');
    const gone = await process.create('bob', 'K-2');
    await scene.toTheEnd(() => scene.build());
    const reading = await scene.process();
    await deleteResource(reading.request(), 'User', gone, { ifMatch: undefined });
    expect(await scene.entries()).toEqual([1, 1]);
    await scene.drop();
    for (let call = 0; call < 20; call++) {
      const { done, retryAfterSeconds } = await scene.admin.ok('deleteTenant', { path, body: { confirm: 'acme' } });
      if (done) break;
      scene.admin.time += (retryAfterSeconds ?? 0) * 1_000;
    }
    expect(await scene.entries()).toEqual([0, 0]);
    expect(await plain.get(attributeIndexKey('acme', 'User', COST_CODE))).toBeUndefined();
  });

  it('is in the export', async () => {
    await scene.build();
    const { lines } = await scene.admin.ok('exportTenant', { path });
    expect(lines).toContainEqual({
      kind: 'index',
      index: { resourceType: 'User', attribute: COST_CODE, phase: 'written' },
    });
  });

  it('has no entries of other tenants', async () => {
    await scene.admin.ok('createTenant', { body: { name: 'globex' } });
    await (await scene.process()).create('ada', 'K-1');
    await scene.toTheEnd(() => scene.build());
    expect((await plain.query({ pk: indexPartition('globex', 'User', COST_CODE) })).items).toEqual([]);
    const { status } = await scene.admin.call('buildIndex', {
      path: { tenant: 'globex' },
      body: { resourceType: 'User', attribute: COST_CODE },
    });
    expect(status).toBe(400);
  });
});
