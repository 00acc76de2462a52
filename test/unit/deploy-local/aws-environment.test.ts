import { describe, expect, it } from 'vitest';
import { emulatedAwsEnvironment } from '../../../deploy-local/aws-environment.ts';

describe('the environment of the CDK and the command line', () => {
  const real = {
    PATH: '/usr/bin',
    HOME: '/home/ada',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'real',
    AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE',
    CDK_DEFAULT_ACCOUNT: '123456789012',
  };

  it('knows the emulated AWS alone: nothing of a real one gets through', () => {
    const environment = emulatedAwsEnvironment('http://127.0.0.1:4566', real);
    expect(environment).toMatchObject({
      HOME: '/home/ada',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
    for (const [name, value] of Object.entries(real)) {
      if (/^(?:AWS|CDK)_/u.test(name)) expect(Object.values(environment)).not.toContain(value);
    }
    expect(environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']).toBeUndefined();
  });

  it('puts the Node that runs this first', () => {
    expect(emulatedAwsEnvironment('http://x', real)['PATH']).toMatch(/:\/usr\/bin$/u);
  });

  it('takes other credentials, those of a role among them', () => {
    const credentials = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'session' };
    expect(emulatedAwsEnvironment('http://x', {}, credentials)).toMatchObject({
      AWS_ACCESS_KEY_ID: 'ASIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
    });
  });
});
