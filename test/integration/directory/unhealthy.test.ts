import { beforeEach, describe, expect, it } from 'vitest';
import { countRequest } from '../../../directory/cycles/count-request.ts';
import { type CountedRequest, countsOf } from '../../../directory/cycles/counts.ts';
import { listUnhealthy, markAnnounced } from '../../../directory/cycles/incidents.ts';
import { watch } from '../../../directory/cycles/watch.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { applicationKey, tenantKey } from '../../../directory/store/tenant-keys.ts';
import { createApplication, createTenant } from '../../../directory/tenants.ts';
import { createTestTable } from '../../helpers/tables.ts';

const START = Date.parse('2026-11-02T08:00:00.000Z');
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const APPLICATION = 'entra';

/** A region whose clock moves as the test says, watched every five minutes as the deployed one is. */
class Region {
  readonly table: ItemTable;
  now = START;
  /** What was named, as often as it was. */
  readonly named: string[] = [];

  constructor(table: ItemTable) {
    this.table = table;
  }

  async add(tenant: string): Promise<void> {
    await createTenant(this.table, tenant, new Date(this.now));
    await createApplication(this.table, tenant, APPLICATION, new Date(this.now));
  }

  async set(tenant: string, attributes: Record<string, string | boolean | Record<string, string>>): Promise<void> {
    const isTenants = 'state' in attributes;
    const key = isTenants ? tenantKey(tenant) : applicationKey(tenant, APPLICATION);
    await this.table.writeOne({ kind: 'update', key, set: attributes });
  }

  async send(tenant: string, count: number, more: Partial<CountedRequest> = {}): Promise<void> {
    const made = { method: 'GET', status: 200, scimType: undefined, durationMs: 20, done: undefined };
    const counts = countsOf({ at: this.now, ...made, credentialId: undefined, ...more });
    // As if they had come one by one: the cycle's item is the same then.
    const added = Object.fromEntries(Object.entries(counts.added).map(([name, each]) => [name, each * count]));
    await countRequest(this.table, { tenant, application: APPLICATION }, { ...counts, added });
  }

  async look(): Promise<void> {
    const { unannounced } = await watch(this.table, {
      now: () => new Date(this.now),
      remainingMs: () => 60_000,
      onFailure: (_, error) => {
        throw error;
      },
    });
    this.named.push(...unannounced.map(({ tenant, reason }) => `${tenant}: ${reason}`));
    await markAnnounced(this.table, unannounced);
  }

  async wait(minutes: number, lookEvery = 5): Promise<void> {
    for (let waited = 0; waited < minutes; waited += lookEvery) {
      this.now += lookEvery * MINUTE;
      await this.look();
    }
  }

  async unhealthy(): Promise<readonly string[]> {
    return (await listUnhealthy(this.table)).map(({ tenant, reason }) => `${tenant}: ${reason}`);
  }
}

let region: Region;

beforeEach(async () => {
  region = new Region(await createTestTable());
});

describe('fifty tenants in their rhythm', () => {
  const tenants = Array.from({ length: 50 }, (_, n) => `tenant-${String(n).padStart(2, '0')}`);

  it('name the one that falls silent, once, and not the one that is muted', async () => {
    await Promise.all(tenants.map((tenant) => region.add(tenant)));
    await region.set('tenant-08', { muted: true });
    const cycle = async (silent: readonly string[]) => {
      await Promise.all(tenants.filter((tenant) => !silent.includes(tenant)).map((tenant) => region.send(tenant, 40)));
      await region.wait(40, 40);
    };
    for (let n = 0; n < 6; n++) await cycle([]);
    expect(region.named).toEqual([]);
    for (let n = 0; n < 5; n++) await cycle(['tenant-07', 'tenant-08']);
    expect(region.named).toEqual(['tenant-07: silent']);
    expect(await region.unhealthy()).toEqual(['tenant-07: silent']);
    // It comes back, and the incident is over; the next one is named again.
    await cycle(['tenant-08']);
    expect(await region.unhealthy()).toEqual([]);
    for (let n = 0; n < 4; n++) await cycle(['tenant-07', 'tenant-08']);
    expect(region.named).toEqual(['tenant-07: silent', 'tenant-07: silent']);
  }, 120_000);
});

describe('a rhythm', () => {
  it('is not learnt from single requests, and not kept by them', async () => {
    await region.add('acme');
    await region.add('demo');
    for (let n = 0; n < 8; n++) {
      await region.send('acme', 30);
      await region.send('demo', 1);
      await region.wait(40, 20);
    }
    // Somebody provisions a user on demand, again and again.
    for (let n = 0; n < 4; n++) {
      await region.send('acme', 1);
      await region.wait(40, 20);
    }
    expect(region.named).toEqual(['acme: silent']);
  });

  it('is not missed while the tenant is paused or suspended', async () => {
    await region.add('acme');
    for (let n = 0; n < 8; n++) {
      await region.send('acme', 30);
      await region.wait(40, 20);
    }
    await region.set('acme', { state: 'suspended' });
    await region.wait(300, 20);
    expect(region.named).toEqual([]);
  });
});

describe('failures that grow', () => {
  it('are named before the limits of quarantine, once', async () => {
    await region.add('acme');
    let [failed, objects, namedAt] = [0, 0, -1];
    for (let n = 0; n < 20; n++) {
      const failing = 20 * n;
      await region.send('acme', 400 - failing, {
        method: 'PATCH',
        done: { kind: 'updated', membersAdded: 0, membersRemoved: 0 },
      });
      if (failing > 0) await region.send('acme', failing, { method: 'PATCH', status: 409, scimType: 'uniqueness' });
      [failed, objects] = [failed + failing, objects + 400];
      await region.wait(40, 20);
      if (namedAt < 0 && region.named.length > 0) namedAt = n;
    }
    expect(region.named).toEqual(['acme: failures']);
    // In the cycle in which every fifth object failed: Entra's limits are 40 % and 5,000 failures.
    expect(namedAt).toBe(4);
    const [incident] = await listUnhealthy(region.table);
    expect(incident?.cause).toMatch(
      /^380 of about 400 objects \(95 %\) failed in the last cycle, 380 of them with 409 uniqueness$/,
    );
  });

  it('are no incident where they are few, though they are all that was sent', async () => {
    await region.add('acme');
    await region.send('acme', 10, { method: 'POST', status: 400, scimType: 'invalidValue' });
    await region.wait(20);
    expect(region.named).toEqual([]);
  });

  it('are named where they come a few at a time, and are over once they have stopped', async () => {
    await region.add('acme');
    for (let n = 0; n < 8; n++) {
      await region.send('acme', 5, { method: 'POST', status: 500 });
      await region.wait(40, 20);
    }
    expect(region.named).toEqual(['acme: failures']);
    for (let n = 0; n < 40; n++) {
      await region.send('acme', 100, { method: 'GET' });
      await region.wait(40, 20);
    }
    expect(await region.unhealthy()).toEqual([]);
  });
});

describe('tokens', () => {
  const credential = (credentialId: string, expiresAt: number) => ({
    credentialId,
    versionId: 'v',
    issuedAt: new Date(START).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  });

  it('are named 30 and 7 days before they expire and when they have, each once', async () => {
    await region.add('acme');
    await region.set('acme', { token: credential('aaaaaaaaaaaa', START + 40 * DAY) });
    for (let day = 0; day < 45; day++) await region.wait(1_440, 1_440);
    expect(region.named).toEqual([
      'acme: token-expires-within-30-days',
      'acme: token-expires-within-7-days',
      'acme: token-expired',
    ]);
    await region.set('acme', { token: credential('bbbbbbbbbbbb', region.now + 365 * DAY) });
    await region.wait(5);
    expect(await region.unhealthy()).toEqual([]);
  });

  it('are named where the previous one is in use near the end of its overlap, and only then', async () => {
    for (const tenant of ['early', 'late']) {
      await region.add(tenant);
      await region.set(tenant, {
        token: credential('bbbbbbbbbbbb', START + 365 * DAY),
        previousToken: {
          ...credential('aaaaaaaaaaaa', START + 365 * DAY),
          until: new Date(START + 30 * DAY).toISOString(),
        },
      });
    }
    for (let day = 0; day < 29; day++) {
      await region.send('late', 2, { credentialId: 'aaaaaaaaaaaa' });
      await region.send('early', 2, { credentialId: day < 10 ? 'aaaaaaaaaaaa' : 'bbbbbbbbbbbb' });
      await region.wait(1_440, 1_440);
    }
    expect(region.named).toEqual(['late: previous-token-in-use']);
  });
});

describe('two watches at once', () => {
  it('name an incident once', async () => {
    await region.add('acme');
    await region.send('acme', 100, { method: 'POST', status: 500 });
    await Promise.all([region.look(), region.look(), region.look()]);
    expect(region.named).toEqual(['acme: failures']);
  });
});
