import { type App, Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { createExampleApp, createTestApp, stackOf } from '../helpers/stacks.ts';

/** Throws, with the rules and resources, where a check fails that nobody has given a reason for. */
function check(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

describe("AWS's checks for solutions (cdk-nag)", () => {
  it.each(['one-region', 'four-regions', 'two-regions-wildcard'])('pass for examples/%s.json', (name) => {
    expect(() => check(createExampleApp(name))).not.toThrow();
  });

  it('pass without the firewall, which the configuration may switch off', () => {
    expect(() => check(createTestApp({ waf: { enabled: false } }))).not.toThrow();
  });

  it('find what is not as it should be', () => {
    const app = createTestApp();
    new Topic(stackOf(app, 'scim-stack-us'), 'Plain');
    expect(() => check(app)).toThrow('AwsSolutions-SNS3');
  });
});
