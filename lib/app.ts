import { App, type AppProps } from 'aws-cdk-lib';
import { type DeploymentConfig, toAwsRegion } from './config/deployment-config.ts';
import { DirectoryStack } from './stacks/directory-stack.ts';

/** The app of a deployment: one {@link DirectoryStack} a region, in the account that the CDK is signed in to. */
export function createApp({ name, regions }: DeploymentConfig, props: AppProps = {}): App {
  const app = new App(props);
  for (const region of regions) {
    new DirectoryStack(app, `${name}-${region}`, {
      description: `SCIM 2.0 directory (${region})`,
      env: { region: toAwsRegion(region) },
      terminationProtection: true,
    });
  }
  return app;
}
