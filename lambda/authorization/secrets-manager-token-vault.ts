import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { isRevocationLabel, toRevocationLabel } from './revocation-label.ts';
import { type TokenSecret, toSecretText } from './token-secret.ts';
import type { TokenVault, VersionsInForce } from './token-vault.ts';

/** On a version that waits to be promoted: one without any label could be deleted by Secrets Manager. */
const NEXT = 'SCIM-NEXT';
const TAG = 'scim-stack';

type Labels = Readonly<Record<string, readonly string[]>>;

/** One secret an application, named `<prefix><tenant>/<application>`. Never reads what a secret holds. */
export class SecretsManagerTokenVault implements TokenVault {
  readonly #client: Pick<SecretsManagerClient, 'send'>;
  readonly #prefix: string;

  constructor(client: Pick<SecretsManagerClient, 'send'>, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async inForce(tenant: string, application: string): Promise<VersionsInForce> {
    return toVersionsInForce(await this.#describe(this.#nameOf(tenant, application)));
  }

  async add(tenant: string, application: string, versionId: string, secret: TokenSecret): Promise<void> {
    const name = this.#nameOf(tenant, application);
    const version = { ClientRequestToken: versionId, SecretString: toSecretText(secret) };
    try {
      await this.#client.send(new PutSecretValueCommand({ SecretId: name, ...version, VersionStages: [NEXT] }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      const Description = `Secret token of the tenant ${tenant}, application ${application}`;
      const Tags = [{ Key: `${TAG}:tenant`, Value: tenant }];
      await this.#client.send(new CreateSecretCommand({ Name: name, ...version, Description, Tags }));
    }
  }

  async promote(tenant: string, application: string, versionId: string): Promise<void> {
    const name = this.#nameOf(tenant, application);
    const { current } = toVersionsInForce(await this.#describe(name));
    if (current === versionId) return;
    await this.#label(name, 'AWSCURRENT', {
      MoveToVersionId: versionId,
      // AWSPREVIOUS follows to where AWSCURRENT was.
      ...(current === undefined ? {} : { RemoveFromVersionId: current }),
    });
  }

  async revoke(tenant: string, application: string, versionId: string, at: Date): Promise<void> {
    const name = this.#nameOf(tenant, application);
    const labels = await this.#describe(name);
    if (labels[versionId]?.some(isRevocationLabel)) return;
    await this.#dropOldLabels(name, labels);
    await this.#label(name, toRevocationLabel(at, versionId), { MoveToVersionId: versionId });
  }

  async remove(tenant: string, application: string): Promise<void> {
    const name = this.#nameOf(tenant, application);
    try {
      await this.#client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  /** Versions out of force need no mark, and one that has a label is kept for ever. */
  async #dropOldLabels(name: string, labels: Labels): Promise<void> {
    const { current, previous } = toVersionsInForce(labels);
    for (const [versionId, own] of Object.entries(labels)) {
      if (versionId === current || versionId === previous) continue;
      for (const label of own.filter(isRevocationLabel)) {
        await this.#label(name, label, { RemoveFromVersionId: versionId });
      }
    }
  }

  async #label(
    name: string,
    label: string,
    move: { readonly MoveToVersionId?: string; readonly RemoveFromVersionId?: string },
  ): Promise<void> {
    await this.#client.send(new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: label, ...move }));
  }

  /** The labels by version; none where there is no secret. */
  async #describe(name: string): Promise<Labels> {
    try {
      const { VersionIdsToStages } = await this.#client.send(new DescribeSecretCommand({ SecretId: name }));
      return VersionIdsToStages ?? {};
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return {};
      throw error;
    }
  }

  #nameOf(tenant: string, application: string): string {
    return `${this.#prefix}${tenant}/${application}`;
  }
}

/** Which versions Secrets Manager has as current and previous. */
export function toVersionsInForce(labels: Labels): VersionsInForce {
  const holder = (label: string) => Object.entries(labels).find(([, own]) => own.includes(label))?.[0];
  return { current: holder('AWSCURRENT'), previous: holder('AWSPREVIOUS') };
}
