import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createSignedTransport } from '../../cli/admin/transport.ts';
import { ROOT } from '../../deploy-local/aws-environment.ts';
import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { EventTarget } from '../helpers/event-target.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';
import { until } from '../helpers/until.ts';
import { verifyWebhook, WebhookReceiver } from '../helpers/webhook-receiver.ts';

const SecretSchema = z.object({ secret: z.string() });
const ParkedSchema = z.object({ parked: z.array(z.unknown()) });

/** An emulated function starts when it is first called, on a machine that may be loaded. */
const ARRIVES_SECONDS = 60;

/**
 * What happens to people, on its whole way: table, stream, change feed, bus, rule, target; and webhooks.
 *
 * @param options - Whether IAM is enforced, so that every action that a policy lacks is refused.
 */
export function describeEvents(
  deployment: () => EmulatedDeployment,
  { isIamEnforced = false }: { readonly isIamEnforced?: boolean } = {},
): void {
  const title = isIamEnforced ? 'events, with IAM enforced' : 'events';
  describe(title, () => {
    const receiver = new WebhookReceiver();
    let target: EventTarget;
    let region: string;
    let startedAt: Date;
    let secret: string;
    let outputs: Readonly<Record<string, string>>;

    const cli = (...args: string[]) => deployment().cli('us', args);

    beforeAll(async () => {
      startedAt = new Date();
      const [first] = await deployment().stacks();
      if (first === undefined) throw new Error('nothing is deployed');
      region = first.region;
      const { Outputs = [] } = (await deployment().aws.findStack(region, first.name)) ?? {};
      outputs = Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
      target = new EventTarget(deployment().endpoint, region, outputs[stackOutputs.eventBusName] ?? '');
      await target.create();
      // Before anything is posted: a sender goes for 30 s by the secret that it knows.
      ({ secret } = SecretSchema.parse(await cli('webhooks', 'secret', 'acme')));
      await cli('webhooks', 'set', 'acme', await receiver.start());
    });

    afterAll(async () => {
      await cli('webhooks', 'set', 'acme', 'none');
      await target.delete();
      await receiver.stop();
    });

    async function untilArrived(type: string, id: string): Promise<void> {
      await until(`${type} of ${id} has arrived`, ARRIVES_SECONDS, async () =>
        (await target.receive()).some(({ detail }) => detail.type === type && JSON.stringify(detail).includes(id)),
      );
    }

    it("brings what happens to a person and a group to the target of a vendor's rule", async () => {
      const { tenant } = deployment();
      const user = await sendScim(tenant, 'POST', 'Users', newUser('event@example.com'));
      const { id } = user.body;
      const groupBody = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: `Events ${title}` };
      const group = await sendScim(tenant, 'POST', 'Groups', { ...groupBody, members: [{ value: id }] });
      expect([user.status, group.status]).toEqual([201, 201]);
      await untilArrived('user.created', id);
      await untilArrived('membership.added', id);
      expect((await sendScim(tenant, 'DELETE', `Groups/${group.body.id}`)).status).toBe(204);
      expect((await sendScim(tenant, 'DELETE', `Users/${id}`)).status).toBe(204);
      await untilArrived('user.deleted', id);
      await untilArrived('group.deleted', group.body.id);
      const created = target.delivered.find(({ detail }) => detail.type === 'user.created');
      expect(created).toMatchObject({
        source: 'scim-stack',
        'detail-type': 'user.created',
        detail: { tenant: 'acme' },
      });
    });

    it('posts the same to a webhook, signed with the secret that the operator was shown', async () => {
      const { body } = await sendScim(deployment().tenant, 'POST', 'Users', newUser('webhook@example.com'));
      await sendScim(deployment().tenant, 'DELETE', `Users/${body.id}`);
      await until('the webhook has arrived', ARRIVES_SECONDS, async () =>
        receiver.received.some((received) => {
          const { type, resource } = verifyWebhook(received, secret);
          return type === 'user.deleted' && resource.id === body.id;
        }),
      );
    });

    it('publishes again what an operator asks for, under the same ids', async () => {
      await target.receive();
      const before = target.delivered.filter(({ detail }) => detail.type === 'user.created');
      const known = new Set(before.map(({ detail }) => detail.id));
      const replayed = await cli('events', 'replay', '--tenant', 'acme', '--from', startedAt.toISOString());
      expect(replayed).toMatchObject({ tenant: 'acme', published: expect.any(Number) });
      await until('they have arrived again', ARRIVES_SECONDS, async () => {
        const again = (await target.receive()).filter(({ detail }) => known.has(detail.id));
        return again.length >= 2 * known.size;
      });
    });

    it('parks what nobody can make sense of, and goes on', async () => {
      const client = new DynamoDBClient({ endpoint: deployment().endpoint, region, credentials: ROOT });
      const TableName = outputs[stackOutputs.tableName] ?? '';
      const key = { pk: { S: 'T#acme#TOMBSTONE#Group' }, sk: { S: 'poison' } };
      await client.send(
        new PutItemCommand({ TableName, Item: { ...key, by: { M: { requestId: { S: 'r-1' } } }, item: { S: 'x' } } }),
      );
      await until('it is parked', ARRIVES_SECONDS, async () => {
        const { parked } = ParkedSchema.parse(await cli('events', 'parked', 'acme'));
        return parked.length > 0;
      });
      await client.send(new DeleteItemCommand({ TableName, Key: key }));
      const { body } = await sendScim(deployment().tenant, 'POST', 'Users', newUser('after@example.com'));
      await untilArrived('user.created', body.id);
      await sendScim(deployment().tenant, 'DELETE', `Users/${body.id}`);
    });

    it('lets the application read, with a signature', async () => {
      const base = outputs[stackOutputs.applicationUrl] ?? '';
      const now = () => new Date();
      const signed = createSignedTransport({ fetch, region, credentials: async () => ROOT, now });
      const answer = await signed({ method: 'GET', url: new URL(`${base}/acme/Users`) });
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        200,
        expect.objectContaining({ totalResults: expect.any(Number) }),
      ]);
      if (!isIamEnforced) return;
      const unsigned = await fetch(`${base}/acme/Users`, {
        headers: { authorization: `Bearer ${deployment().tenant.token}` },
      });
      // In AWS it is 403; the emulator has another status for each way in which a signature is none.
      expect(unsigned.status).toBeGreaterThanOrEqual(400);
    });
  });
}
