import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { type BulkAnswer, patch, postUser, sendBulk, statusesOf } from '../../helpers/bulk.ts';
import { setGuard } from '../../helpers/guard.ts';
import { ScimServer } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const managedBy = (id: string) => ({ [ENTERPRISE]: { manager: { value: id } } });

describe('a bulk request of 1,000 operations', () => {
  it('performs them all, mixed and with failures, and answers in their order', async () => {
    const table = await createTestTable();
    // However slow the machine: what cannot be reached in time is another test's matter.
    const start = Date.now();
    const big = new ScimServer(table, { ...systemRuntime, now: () => start + (Date.now() - start) / 20 });
    await big.start(['acme']);
    await setGuard(big.table, 'acme', { mode: 'off' });
    const { id } = await big.createGroup('acme', 'Everybody');
    const operations = Array.from({ length: 1_000 }, (_, n): JsonObject => {
      switch (n % 10) {
        case 7:
          return patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: `bulkId:u${n - 1}` }] });
        case 8:
          return { method: 'DELETE', path: `/Users/bulkId:u${n + 1}` };
        case 5:
          return postUser(`again-${n}`, `user-${n - 1}@example.com`);
        default:
          return postUser(`u${n}`, `user-${n}@example.com`, managedBy(`bulkId:u${(n - (n % 10) + 20) % 1_000}`));
      }
    });
    const answers = await sendBulk(big, 'acme', operations);
    const expected = ['201', '201', '201', '201', '201', '409', '201', '204', '204', '201'];
    expect(statusesOf(answers)).toEqual(operations.map((_, n) => expected[n % 10]));
    expect(answers.map(({ bulkId }) => bulkId)).toEqual(operations.map(({ bulkId }) => bulkId));
    const users = await big.send('acme', 'GET', '/Users?count=1');
    expect(users.json['totalResults']).toBe(600);
    const { json } = await big.send('acme', 'GET', `/Groups/${id}`);
    expect(json['members']).toHaveLength(100);
    expect(await checkInvariants(table)).toEqual([]);
    await big.close();
  });

  it('answers what is not reached in time with 503, so that a client can go on from there', async () => {
    let now = Date.now();
    // Time goes by with every id that is made, and in no other way: each creation needs some.
    const newId = () => {
      now += 25;
      return randomUUID();
    };
    const table = await createTestTable();
    const slow = new ScimServer(table, { ...systemRuntime, now: () => now, newId });
    await slow.start(['acme']);
    let left: readonly JsonObject[] = Array.from({ length: 1_000 }, (_, n) =>
      postUser(`u${n}`, `slow-${n}@example.com`),
    );
    const requests: (readonly BulkAnswer[])[] = [];
    while (left.length > 0 && requests.length < 20) {
      const answers = await sendBulk(slow, 'acme', left);
      requests.push(answers);
      left = left.filter((_, n) => answers[n]?.status === '503');
    }
    expect(requests.length).toBeGreaterThan(1);
    // In order: what is behind is what was not reached.
    for (const answers of requests) expect(statusesOf(answers)).toEqual(statusesOf(answers).toSorted());
    // Nothing that was answered 503 had been done: it would be 409 the next time.
    expect(new Set(requests.flatMap(statusesOf))).toEqual(new Set(['201', '503']));
    expect(requests[0]?.at(-1)?.response?.detail).toMatch(/not reached in time.*send it again/);
    const { json } = await slow.send('acme', 'GET', '/Users?count=1');
    expect(json['totalResults']).toBe(1_000);
    expect(await checkInvariants(table)).toEqual([]);
    await slow.close();
  });
});
