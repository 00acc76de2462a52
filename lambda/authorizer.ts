import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CachedTokenStore } from './authorization/cached-token-store.ts';
import { createAuthorizerHandler, type MeasureAuthorization } from './authorization/handler.ts';
import { SecretsManagerTokenStore } from './authorization/secrets-manager-token-store.ts';
import type { TokenStore } from './authorization/token-store.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createAuthorizationMeasure } from './aws/measures.ts';
import { AuthorizerEnvironmentSchema } from './contract/environment.ts';
import type { Log } from './observability/log.ts';

export interface AuthorizerDependencies {
  readonly tokens: TokenStore;
  readonly log: Log;
  readonly measure: MeasureAuthorization;
  readonly now: () => number;
}

/** The authorizer over the token store, whose answers it remembers for 30 s. */
export function createAuthorizer({ tokens, log, measure, now }: AuthorizerDependencies) {
  return createAuthorizerHandler({ tokens: new CachedTokenStore(tokens, now), log, measure, now });
}

/** API Gateway's REQUEST authorizer. */
export const handler = onFirstCall(() => {
  const { TOKEN_SECRET_PREFIX } = AuthorizerEnvironmentSchema.parse(process.env);
  return createAuthorizer({
    tokens: new SecretsManagerTokenStore(new SecretsManagerClient(), TOKEN_SECRET_PREFIX),
    log: new Logger(),
    measure: createAuthorizationMeasure(),
    now: Date.now,
  });
});
