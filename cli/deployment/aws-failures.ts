import { CliError, exitCodes } from '../failure.ts';

/** Names of errors that tell of credentials: missing, expired, or of nobody. */
const CREDENTIAL_ERRORS = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
]);

const ACCESS_ERRORS = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);

/**
 * Calls AWS, and says in words why it did not work.
 *
 * @param what - What was tried, after "cannot": `look up the stack scim-stack-us`.
 * @throws {@link CliError}
 */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toAwsFailure(what, error);
  }
}

function toAwsFailure(what: string, cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  const exitCode = exitCodes.unreachable;
  if (CREDENTIAL_ERRORS.has(cause.name)) {
    const advice = 'Sign in (for example: aws sso login), or name a profile: --profile <name>.';
    return new CliError(`AWS does not take your credentials: ${cause.message}`, { advice, exitCode, cause });
  }
  if (ACCESS_ERRORS.has(cause.name)) {
    const advice = 'The credentials are good, but their policies do not allow it.';
    return new CliError(`cannot ${what}: ${cause.message}`, { advice, exitCode, cause });
  }
  return new CliError(`cannot ${what}: ${cause.message || cause.name}`, { exitCode, cause });
}
