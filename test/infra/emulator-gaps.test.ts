import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { emulatedTypes, emulatorGaps } from '../../deploy-local/emulator-gaps.ts';
import { localiseTemplate } from '../../deploy-local/localise-template.ts';
import { createTestApp, synthesise, toText } from '../helpers/stacks.ts';

/** Every kind of resource that a configuration can ask for. */
const everything = createTestApp({
  tenantUrl: 'https://scim.example.com/{tenant}/v2',
  domain: { hostedZone: { id: 'Z0123456789ABC', name: 'example.com' } },
  waf: { identityProviderAddresses: ['203.0.113.0/24'] },
  alarms: { emails: ['ops@example.com'] },
});
const templates = everything.node.children
  .filter((child) => child instanceof Stack)
  .map((stack) => [stack.stackName, Template.fromStack(stack).toJSON()] as const);
const types = new Set(
  templates.flatMap(([, { Resources }]) => Object.values<{ Type: string }>(Resources).map(({ Type }) => Type)),
);

/** What is asserted here because the end-to-end tests cannot see it, by type. */
const assertions: Readonly<Record<string, () => void>> = {
  'AWS::WAFv2::WebACLAssociation': () => {
    const stack = synthesise();
    const { ResourceArn, WebACLArn } = stack.only('AWS::WAFv2::WebACLAssociation');
    const [[api] = []] = stack.resources('AWS::ApiGateway::RestApi');
    const [[stage, { Properties: { StageName = '' } = {} } = {}] = []] = stack.resources('AWS::ApiGateway::Stage');
    const [[acl] = []] = stack.resources('AWS::WAFv2::WebACL');
    expect([`<${stage}>`, StageName]).toContain(toText(ResourceArn).split('/stages/')[1]);
    expect(toText(ResourceArn)).toContain(`/restapis/<${api}>/`);
    expect(toText(WebACLArn)).toBe(`<${acl}.Arn>`);
  },
};

describe('what the emulated AWS cannot show', () => {
  it.each(emulatorGaps.map(({ type }) => type))('%s is asserted on the template', (type) => {
    const check = assertions[type];
    expect(check).toBeDefined();
    check?.();
  });

  it('stands in a list that is as short as can be', () => {
    expect(emulatorGaps.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([]);
    // The CDK's own, about its version, is in none of these templates.
    const unused = [...emulatedTypes].filter((type) => !types.has(type));
    expect(unused).toEqual(['AWS::CDK::Metadata']);
  });

  it('is all that is taken out of the stacks', () => {
    for (const [name, template] of templates) {
      const { Resources } = localiseTemplate(name, template, 'http://127.0.0.1:4566');
      const before = Object.entries<{ Type: string }>(template['Resources']);
      const out = before.filter(([id]) => !Object.hasOwn(Resources, id)).map(([, { Type }]) => Type);
      for (const type of out) expect(emulatorGaps.map((gap) => gap.type)).toContain(type);
    }
  });
});
