import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

interface Secret {
  readonly texts: Map<string, string>;
  /** Version by label. */
  readonly labels: Map<string, string>;
}

interface Input {
  readonly SecretId?: string;
  readonly Name?: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly VersionStages?: readonly string[];
  readonly VersionStage?: string;
  readonly VersionId?: string;
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

/**
 * Secrets and their versions' labels in memory, by the rules of Secrets Manager's documentation: a label is one
 * version's, the first version is AWSCURRENT, and AWSPREVIOUS follows AWSCURRENT.
 */
export class FakeSecretsManager {
  readonly calls: string[] = [];
  readonly #secrets = new Map<string, Secret>();

  /** A client that never leaves the process: its last middleware answers. */
  createClient(): SecretsManagerClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new SecretsManagerClient({ region: 'us-east-1', credentials });
    client.middlewareStack.add(
      (_, { commandName = '' }) =>
        async ({ input }) => {
          this.calls.push(commandName);
          return { output: { $metadata: {}, ...this.#answer(commandName, { ...Object(input) }) }, response: {} };
        },
      { step: 'initialize' },
    );
    return client;
  }

  get names(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  labelsOf(name: string): readonly string[] {
    return [...this.#get(name).labels.keys()];
  }

  /** Has a version wait, as Secrets Manager does when a rotation begins. */
  startRotation(name: string, versionId: string): void {
    this.#get(name).labels.set('AWSPENDING', versionId);
  }

  #answer(command: string, input: Input): object {
    switch (command) {
      case 'CreateSecretCommand':
        this.#secrets.set(input.Name ?? '', { texts: new Map(), labels: new Map() });
        return this.#put(input.Name ?? '', input, []);
      case 'PutSecretValueCommand':
        return this.#put(input.SecretId ?? '', input, input.VersionStages ?? ['AWSCURRENT']);
      case 'DescribeSecretCommand':
        return { Name: input.SecretId, VersionIdsToStages: this.#describe(input.SecretId ?? '') };
      case 'GetSecretValueCommand':
        return this.#read(input);
      case 'UpdateSecretVersionStageCommand':
        return this.#move(input);
      case 'DeleteSecretCommand':
        this.#get(input.SecretId ?? '');
        this.#secrets.delete(input.SecretId ?? '');
        return {};
      default:
        throw new Error(`${command} is not emulated`);
    }
  }

  #put(name: string, { ClientRequestToken = '', SecretString = '' }: Input, labels: readonly string[]): object {
    const secret = this.#get(name);
    if (secret.texts.size === 0) secret.labels.set('AWSCURRENT', ClientRequestToken);
    secret.texts.set(ClientRequestToken, SecretString);
    const former = secret.labels.get('AWSCURRENT');
    for (const label of labels) secret.labels.set(label, ClientRequestToken);
    if (labels.includes('AWSCURRENT') && former !== undefined && former !== ClientRequestToken) {
      secret.labels.set('AWSPREVIOUS', former);
    }
    return {};
  }

  #describe(name: string): Record<string, string[]> {
    const byVersion: Record<string, string[]> = {};
    for (const [label, version] of this.#get(name).labels) byVersion[version] = [...(byVersion[version] ?? []), label];
    return byVersion;
  }

  #read({ SecretId = '', VersionId, VersionStage = 'AWSCURRENT' }: Input): object {
    const { texts, labels } = this.#get(SecretId);
    const version = VersionId ?? labels.get(VersionStage) ?? '';
    const SecretString = texts.get(version);
    if (SecretString === undefined) throw notFound();
    return { SecretString, VersionStages: this.#describe(SecretId)[version] ?? [] };
  }

  #move({ SecretId = '', VersionStage = '', MoveToVersionId, RemoveFromVersionId }: Input): object {
    const { labels } = this.#get(SecretId);
    const holder = labels.get(VersionStage);
    if (holder !== RemoveFromVersionId) throw new Error(`${VersionStage} is on ${holder}, not ${RemoveFromVersionId}`);
    if (MoveToVersionId === undefined) labels.delete(VersionStage);
    else labels.set(VersionStage, MoveToVersionId);
    if (VersionStage === 'AWSCURRENT' && holder !== undefined) labels.set('AWSPREVIOUS', holder);
    return {};
  }

  #get(name: string): Secret {
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw notFound();
    return secret;
  }
}

function notFound(): ResourceNotFoundException {
  return new ResourceNotFoundException({ $metadata: {}, message: 'none' });
}
