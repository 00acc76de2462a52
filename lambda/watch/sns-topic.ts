import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Notifier } from './handler.ts';
import type { Notice } from './notice.ts';

const TIMEOUT_MILLIS = 5_000;

/** What Lambda gives a function of its role, and a call of SNS needs. */
export interface SnsAccess {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Instead of the region's own. */
  readonly endpoint: string | undefined;
}

/**
 * Publishes notices to a topic, by SNS's query protocol: one call does not need a whole client in the bundle.
 *
 * @see {@link https://docs.aws.amazon.com/sns/latest/api/API_Publish.html}
 */
export class SnsTopic implements Notifier {
  readonly #arn: string;
  readonly #access: () => SnsAccess;

  /** @param access - Asked at each call, since the credentials of a role change. */
  constructor(arn: string, access: () => SnsAccess) {
    this.#arn = arn;
    this.#access = access;
  }

  /** @throws Error where SNS does not take it; the message has nothing of the notice. */
  async send({ subject, message }: Notice): Promise<void> {
    const [, partition, , region = ''] = this.#arn.split(':');
    const { endpoint, sessionToken, ...keys } = this.#access();
    const suffix = partition === 'aws-cn' ? '.cn' : '';
    const url = new URL(endpoint ?? `https://sns.${region}.amazonaws.com${suffix}`);
    const signer = new SignatureV4({
      service: 'sns',
      region,
      credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
      sha256: Sha256,
    });
    const form = { Action: 'Publish', Version: '2010-03-31', TopicArn: this.#arn, Subject: subject, Message: message };
    const body = new URLSearchParams(form).toString();
    const signed = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      query: {},
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
    });
    const { host: _host, ...headers } = signed.headers; // fetch sets it itself, the same
    const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
    const response = await fetch(new URL('/', url), { method: 'POST', headers, body, signal });
    if (!response.ok) throw new Error(`SNS answered ${response.status} to the publication of a notice`);
  }
}
