import { expect, it } from 'vitest';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { eraseTenant } from '../../../directory/operator/erase-tenant.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher } from '../../helpers/feed.ts';
import { allIn } from '../../helpers/tables.ts';

it('nothing that the feed has written is left of a tenant that is deleted, nor comes back by a feed that lags', async () => {
  const streamed = await createStreamedTable();
  const { table } = streamed;
  await createContext(table, { tenant: 'globex' });
  const before = await allIn(table);
  const context = await createContext(table);
  const publisher = new RecordingPublisher();
  const ada = await addUser(context, 'ada', { externalId: 'e-1' });
  await patch(context, 'User', ada, [{ op: 'replace', path: 'userName', value: 'lovelace' }]);
  const bob = await addUser(context, 'bob');
  await deleteResource(context, 'User', bob, { ifMatch: undefined });
  await purgeUser(context, bob);
  const odd = { ...resourceKey('acme', 'User', ada), by: 7 };
  const feed = createFeed({ table, publisher, now: () => new Date() });
  await feed.consume([{ id: 'odd', at: new Date(), before: undefined, after: odd }]);
  const changes = await streamed.stream.read(100);
  await drain(streamed, publisher);
  const rooms = new Set((await allIn(table)).map(({ pk }) => pk.split('#').slice(0, 3).join('#')));
  for (const room of ['LOG', 'LOG-APP', 'LOG-OF', 'LOG-WHO', 'PARKED', 'PURGED']) {
    expect(rooms).toContain(`T#acme#${room}`);
  }
  await table.writeOne({ kind: 'update', key: { pk: 'T#acme', sk: 'SETTINGS' }, set: { state: 'deleting' } });
  const { finished } = await eraseTenant(table, 'acme', () => 60_000);
  expect(finished).toBe(true);
  await feed.consume(changes);
  await drain(streamed, publisher);
  const isTenantItself = ({ pk, sk }: { pk: string; sk: string }) =>
    pk === 'T#acme' || (pk === 'TENANTS' && sk === 'acme');
  expect((await allIn(table)).filter((item) => !isTenantItself(item))).toEqual(before);
});
