import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from './handler.ts';
import type { Notice } from './notice.ts';

/** Publishes notices to a topic. */
export class SnsTopic implements Notifier {
  readonly #client: SNSClient;
  readonly #arn: string;

  constructor(client: SNSClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  /** @throws Error where SNS does not take it. */
  async send({ subject, message }: Notice): Promise<void> {
    await this.#client.send(new PublishCommand({ TopicArn: this.#arn, Subject: subject, Message: message }));
  }
}
