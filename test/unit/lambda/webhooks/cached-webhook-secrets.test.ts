import { describe, expect, it } from 'vitest';
import { CachedWebhookSecrets } from '../../../../lambda/webhooks/cached-webhook-secrets.ts';
import { createWebhookSecret } from '../../../../lambda/webhooks/webhook-secret.ts';
import type { WebhookSecretVersions } from '../../../../lambda/webhooks/webhook-secrets.ts';

const versions = { current: { secret: createWebhookSecret(Buffer.alloc(32, 1)) }, previous: undefined };

function setUp(answers: (WebhookSecretVersions | undefined | Error)[]) {
  let now = 0;
  let asked = 0;
  const store = new CachedWebhookSecrets(
    {
      find: async () => {
        const answer = answers[asked++];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    () => now,
  );
  const pass = (millis: number): void => {
    now += millis;
  };
  return { store, asked: () => asked, pass };
}

describe('the remembered webhook secrets', () => {
  it('are asked for once in 30 s', async () => {
    const { store, asked, pass } = setUp([versions, versions]);
    await Promise.all([store.find('acme'), store.find('acme')]);
    pass(29_999);
    expect(await store.find('acme')).toBe(versions);
    expect(asked()).toBe(1);
    pass(1);
    await store.find('acme');
    expect(asked()).toBe(2);
  });

  it('are asked for again where there were none, or the store failed', async () => {
    const { store } = setUp([undefined, new Error('down'), versions]);
    expect(await store.find('acme')).toBeUndefined();
    await expect(store.find('acme')).rejects.toThrow('down');
    expect(await store.find('acme')).toBe(versions);
  });
});
