import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { ROOT } from '../../deploy-local/aws-environment.ts';
import { EVENT_SOURCE } from '../../lambda/contract/events.ts';

const NAME = 'e2e-consumer';

/** What EventBridge gives a target. */
const DeliveredSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.looseObject({ id: z.string(), type: z.string(), tenant: z.string(), sequence: z.number().optional() }),
});
export type Delivered = z.infer<typeof DeliveredSchema>;

/** A rule of a vendor's own on the bus of an emulated deployment, and the queue that is its target. */
export class EventTarget {
  /** Everything that has arrived so far. */
  readonly delivered: Delivered[] = [];
  readonly #events: EventBridgeClient;
  readonly #queues: SQSClient;
  readonly #bus: string;
  #url = '';

  constructor(endpoint: string, region: string, bus: string) {
    const settings = { endpoint, region, credentials: ROOT };
    this.#events = new EventBridgeClient(settings);
    this.#queues = new SQSClient(settings);
    this.#bus = bus;
  }

  /** Makes rule and queue. */
  async create(): Promise<void> {
    const { QueueUrl = '' } = await this.#queues.send(new CreateQueueCommand({ QueueName: NAME }));
    this.#url = QueueUrl;
    const { Attributes } = await this.#queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const EventBusName = this.#bus;
    const EventPattern = JSON.stringify({ source: [EVENT_SOURCE], detail: { tenant: ['acme'] } });
    await this.#events.send(new PutRuleCommand({ Name: NAME, EventBusName, EventPattern }));
    const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn ?? '' }];
    await this.#events.send(new PutTargetsCommand({ Rule: NAME, EventBusName, Targets }));
  }

  /** Takes in what has arrived. */
  async receive(): Promise<readonly Delivered[]> {
    for (;;) {
      const { Messages = [] } = await this.#queues.send(
        new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return this.delivered;
      for (const { Body = '', ReceiptHandle } of Messages) {
        this.delivered.push(DeliveredSchema.parse(JSON.parse(Body)));
        await this.#queues.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle }));
      }
    }
  }

  async delete(): Promise<void> {
    const EventBusName = this.#bus;
    await this.#events.send(new RemoveTargetsCommand({ Rule: NAME, EventBusName, Ids: ['queue'] }));
    await this.#events.send(new DeleteRuleCommand({ Name: NAME, EventBusName }));
    await this.#queues.send(new DeleteQueueCommand({ QueueUrl: this.#url }));
  }
}
