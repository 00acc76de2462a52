interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/**
 * Stands in the bundles in the place of the SDK's search for credentials (`lib/bundle-options.ts`), for files, single
 * sign-on, containers and other machines' metadata, a third of a bundle: a function has those of its role in its
 * environment.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime}
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new Error('the environment has no AWS_ACCESS_KEY_ID or no AWS_SECRET_ACCESS_KEY: Lambda sets both');
    }
    return { accessKeyId, secretAccessKey, sessionToken: process.env['AWS_SESSION_TOKEN'] };
  };
}
