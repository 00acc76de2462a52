import * as z from 'zod';
import { type WebhookSecret, WebhookSecretSchema } from '../lambda/webhooks/webhook-secret.ts';
import type {
  WebhookSecretStore,
  WebhookSecretVault,
  WebhookSecretVersions,
} from '../lambda/webhooks/webhook-secrets.ts';
import { JsonFile } from './json-file.ts';

const VersionSchema = WebhookSecretSchema.extend({ versionId: z.string() });
const VersionsSchema = z.object({ current: VersionSchema, previous: VersionSchema.optional() });
type Versions = z.infer<typeof VersionsSchema>;

/** By tenant. */
const FileSchema = z.record(z.string(), VersionsSchema);

/** The webhook secrets of the local run: one JSON file, which only its owner may read. */
export class WebhookSecretFile implements WebhookSecretStore, WebhookSecretVault {
  readonly #file: JsonFile<Versions>;

  constructor(path: string) {
    this.#file = new JsonFile(path, FileSchema, 'a file of webhook secrets');
  }

  async find(tenant: string): Promise<WebhookSecretVersions | undefined> {
    const versions = await this.#file.find(tenant);
    return versions && { current: versions.current, previous: versions.previous };
  }

  async put(tenant: string, versionId: string, secret: WebhookSecret): Promise<boolean> {
    const before = await this.#file.change(tenant, (versions) =>
      versions?.current.versionId === versionId
        ? versions
        : { current: { ...secret, versionId }, previous: versions?.current },
    );
    return before !== undefined;
  }

  async remove(tenant: string): Promise<void> {
    await this.#file.change(tenant, () => undefined);
  }
}
