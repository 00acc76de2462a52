import { App, type AppProps, Tags } from 'aws-cdk-lib';
import { type DeploymentConfig, toRegions } from './config/deployment-config.ts';
import { DirectoryStack } from './stacks/directory-stack.ts';
import { MonitoringStack } from './stacks/monitoring-stack.ts';

/** CDK context key (`cdk deploy --context config=…`) of the configuration's path. */
export const CONFIG_CONTEXT_KEY = 'config';

/** Adds the stacks of a deployment: of each region one for the directory and one that watches it. */
export function addStacks(app: App, config: DeploymentConfig): void {
  for (const region of toRegions(config)) {
    const { name, stackName, awsRegion, terminationProtection } = region;
    const props = {
      config: region,
      env: { region: awsRegion, ...(config.account === undefined ? {} : { account: config.account }) },
      terminationProtection,
    };
    const directory = new DirectoryStack(app, stackName, { ...props, description: `SCIM 2.0 directory (${name})` });
    const monitoring = new MonitoringStack(app, `${stackName}-monitoring`, {
      ...props,
      directory,
      description: `Watches the SCIM 2.0 directory (${name})`,
    });
    for (const stack of [directory, monitoring]) {
      for (const [key, value] of Object.entries(region.tags)) Tags.of(stack).add(key, value);
    }
  }
}

/** The app of a deployment. */
export function createApp(config: DeploymentConfig, props: AppProps = {}): App {
  const app = new App(props);
  addStacks(app, config);
  return app;
}
