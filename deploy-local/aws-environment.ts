import { delimiter, dirname } from 'node:path';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The environment of programs that shall talk to the emulated AWS and to no other: whatever the user has set up for a
 * real one, be it in variables or in files, is kept from them.
 */
export function emulatedAwsEnvironment(
  endpoint: string,
  inherited: NodeJS.ProcessEnv,
  credentials: AwsCredentials = ROOT,
): NodeJS.ProcessEnv {
  const others = Object.entries(inherited).filter(([name]) => !/^(?:AWS|CDK)_/u.test(name));
  return {
    ...Object.fromEntries(others),
    PATH: [dirname(process.execPath), inherited['PATH']].join(delimiter),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: '1',
  };
}

/** MiniStack takes these for the account's root user. */
export const ROOT: AwsCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };
