import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { getApplication, recordCredentials } from '../../directory/operator/applications.ts';
import type { OperatorContext } from '../../directory/operator/operation.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { authorize } from '../authorization/authorize.ts';
import { toVersionsInForce } from '../authorization/secrets-manager-token-vault.ts';
import { createToken, TOKEN_RANDOM_BYTES } from '../authorization/token.ts';
import {
  type ApplicationName,
  assertRotatable,
  DAY_MILLIS,
  DEFAULT_EXPIRY_DAYS,
  DEFAULT_OVERLAP_DAYS,
  toCredential,
  toPrevious,
} from '../authorization/token-changes.ts';
import { parseTokenSecret, type TokenSecret, toSecretText, toTokenRecords } from '../authorization/token-secret.ts';

/** What Secrets Manager sends, once for each step. */
export const RotationEventSchema = z.object({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string().min(1),
  /** Id of the new version. */
  ClientRequestToken: z.string().min(1),
});
export type RotationEvent = z.infer<typeof RotationEventSchema>;

export interface RotationContext extends OperatorContext {
  readonly table: ItemTable;
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** What the names of the token secrets begin with. */
  readonly prefix: string;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A rotation under way. */
interface Rotation {
  readonly secretId: string;
  readonly versionId: string;
  readonly name: ApplicationName;
  readonly current: string | undefined;
}

/**
 * One step of a rotation, which may come any number of times. The new token waits as `AWSPENDING` until the last step
 * makes it `AWSCURRENT`; the one before is accepted for 30 days more.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-function-overview.html}
 */
export async function runStep(context: RotationContext, event: RotationEvent): Promise<void> {
  const rotation = await openRotation(context, event);
  if (rotation.current === rotation.versionId && event.Step !== 'finishSecret') return;
  switch (event.Step) {
    case 'createSecret':
      return await createSecret(context, rotation);
    case 'setSecret':
      // The authorizer reads the secret itself: there is no other place that has to learn the token.
      return;
    case 'testSecret':
      return await testSecret(context, rotation);
    case 'finishSecret':
      return await finishSecret(context, rotation);
  }
}

async function openRotation(
  { client, prefix }: RotationContext,
  { Step, SecretId, ClientRequestToken }: RotationEvent,
): Promise<Rotation> {
  const { Name = '', VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  const [tenant = '', application = '', ...rest] = Name.startsWith(prefix) ? Name.slice(prefix.length).split('/') : [];
  if (tenant === '' || application === '' || rest.length > 0) {
    throw new Error(`secret ${Name} is no token's: expected the name ${prefix}<tenant>/<application>`);
  }
  const labels = VersionIdsToStages[ClientRequestToken] ?? [];
  // The first step makes the version where Secrets Manager has not.
  const isToBeMade = Step === 'createSecret' && labels.length === 0;
  if (!isToBeMade && !labels.includes('AWSPENDING') && !labels.includes('AWSCURRENT')) {
    throw new Error(`version ${ClientRequestToken} of secret ${Name} is not under rotation: expected AWSPENDING on it`);
  }
  const { current } = toVersionsInForce(VersionIdsToStages);
  return { secretId: SecretId, versionId: ClientRequestToken, name: { tenant, application }, current };
}

async function createSecret(context: RotationContext, { secretId, versionId, name }: Rotation): Promise<void> {
  if ((await readVersion(context, secretId, versionId)) !== undefined) return;
  const { tenant, application } = name;
  assertRotatable(name, await getApplication(context, tenant, application), context.now());
  const now = context.now().getTime();
  const secret: TokenSecret = {
    token: createToken(tenant, application, context.randomBytes(TOKEN_RANDOM_BYTES)),
    expiresAt: new Date(now + DEFAULT_EXPIRY_DAYS * DAY_MILLIS),
    previousUntil: new Date(now + DEFAULT_OVERLAP_DAYS * DAY_MILLIS),
  };
  await context.client.send(
    new PutSecretValueCommand({
      SecretId: secretId,
      ClientRequestToken: versionId,
      SecretString: toSecretText(secret),
      VersionStages: ['AWSPENDING'],
    }),
  );
}

/** The authorizer, asked about the new token, would let it in, as this application's. */
async function testSecret(context: RotationContext, rotation: Rotation): Promise<void> {
  const secret = await getVersion(context, rotation);
  const store = { find: async () => toTokenRecords(secret, undefined) };
  const decision = await authorize(store, context.now(), `Bearer ${secret.token}`);
  const { tenant, application } = rotation.name;
  if (decision.kind === 'allowed' && decision.tenant === tenant && decision.application === application) return;
  throw new Error(`the new token of ${tenant}/${application} would be refused as ${decision.kind}`);
}

async function finishSecret(context: RotationContext, rotation: Rotation): Promise<void> {
  const { secretId, versionId, current, name } = rotation;
  const secret = await getVersion(context, rotation);
  if (current !== versionId) {
    await context.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId,
        ...(current === undefined ? {} : { RemoveFromVersionId: current }),
      }),
    );
  }
  const item = await getApplication(context, name.tenant, name.application);
  if (item.token?.versionId === versionId) return;
  const issuedAt = context.now();
  await recordCredentials(context, { action: 'tokens.rotate', ...name }, item, {
    token: toCredential(secret.token, versionId, issuedAt, secret.expiresAt),
    previousToken: toPrevious(item.token, secret.previousUntil ?? issuedAt),
  });
}

async function getVersion(context: RotationContext, { secretId, versionId }: Rotation): Promise<TokenSecret> {
  const secret = await readVersion(context, secretId, versionId);
  if (secret === undefined) throw new Error(`version ${versionId} of secret ${secretId} holds no token yet`);
  return secret;
}

async function readVersion(
  { client }: RotationContext,
  secretId: string,
  versionId: string,
): Promise<TokenSecret | undefined> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId });
    const { SecretString } = await client.send(command);
    return parseTokenSecret(secretId, SecretString);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
