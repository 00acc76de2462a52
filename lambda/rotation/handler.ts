import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';
import { RotationEventSchema, runStep } from './steps.ts';

const RESERVE_MILLIS = 3_000;

/** Who acts where Secrets Manager calls. */
const PRINCIPAL = 'secretsmanager.amazonaws.com';

export interface RotationDependencies {
  readonly table: ItemTable;
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** What the names of the token secrets begin with. */
  readonly prefix: string;
  readonly log: Log;
  readonly runtime: Runtime;
  /** A cryptographic random source. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The handler that Secrets Manager calls for each step of a rotation: one log line a step, never a token. */
export function createRotationHandler({ log, runtime, table, ...rest }: RotationDependencies) {
  return async (
    input: unknown,
    { awsRequestId, getRemainingTimeInMillis }: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<void> => {
    const startedAt = runtime.now();
    const event = RotationEventSchema.parse(input);
    const deadline = startedAt + getRemainingTimeInMillis() - RESERVE_MILLIS;
    const context = {
      ...rest,
      table: createRetryingTable(table, { ...runtime, deadline }),
      principal: PRINCIPAL,
      requestId: awsRequestId,
      now: () => new Date(runtime.now()),
      newId: runtime.newId,
    };
    const fields = { requestId: awsRequestId, step: event.Step, versionId: event.ClientRequestToken };
    try {
      await runStep(context, event);
      log.info('rotation', { ...fields, durationMs: runtime.now() - startedAt });
    } catch (error) {
      log.error('rotation failed', { ...fields, failure: describeFailure(error) });
      throw error;
    }
  };
}
