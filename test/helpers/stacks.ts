import { readFileSync } from 'node:fs';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/app.ts';
import { parseDeploymentConfig } from '../../lib/config/read-config.ts';

/** Without bundling: what a template promises does not depend on the functions' code, and esbuild takes its time. */
const context = { 'aws:cdk:bundling-stacks': [] };

/** The app of a configuration. */
export function createTestApp(config: object = {}): App {
  return createApp(parseDeploymentConfig('test', JSON.stringify(config)), { context });
}

/** The app of `examples/<name>.json`. */
export function createExampleApp(name: string): App {
  return createApp(parseDeploymentConfig(name, readFileSync(`examples/${name}.json`, 'utf8')), { context });
}

/** The stack of that name, such as `scim-stack-us`. */
export function stackOf(app: App, name: string): Stack {
  const stack = app.node.tryFindChild(name);
  if (stack instanceof Stack) return stack;
  throw new Error(`there is no stack ${name}, only ${stackNamesOf(app).join(', ')}`);
}

/** The names of all stacks, in the order of the configuration. */
export function stackNamesOf(app: App): readonly string[] {
  return app.node.children.filter((child) => child instanceof Stack).map(({ stackName }) => stackName);
}

const apps = new Map<string, App>();

/** The templates of a region of the default configuration, or of that one; each configuration is synthesised once. */
export function synthesise(config: object = {}, stackName = 'scim-stack-us'): StackTemplate {
  const key = JSON.stringify(config);
  const app = apps.get(key) ?? createTestApp(config);
  apps.set(key, app);
  return new StackTemplate(Template.fromStack(stackOf(app, stackName)));
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Effect: string;
  readonly Principal?: unknown;
}

/** What tests ask of a template. */
export class StackTemplate {
  readonly template: Template;

  constructor(template: Template) {
    this.template = template;
  }

  /** Resources of that type, with their logical ids. */
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes
  resources(type: string): [string, { Properties: any; DeletionPolicy?: string }][] {
    return Object.entries(this.template.findResources(type)).map(([id, { Properties = {}, ...rest }]) => [
      id,
      { ...rest, Properties },
    ]);
  }

  /** The one resource of that type. */
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes
  only(type: string): any {
    const found = this.resources(type);
    if (found.length !== 1) throw new Error(`expected one ${type}, got ${found.length}`);
    return found[0]?.[1].Properties;
  }

  /** What the function whose logical id begins so may do. */
  statementsOf(functionId: string): readonly Statement[] {
    const roleId = this.#roleOf(functionId);
    return this.resources('AWS::IAM::Policy')
      .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === roleId))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  }

  /** The actions of the function, without those that every function needs for its log. */
  actionsOf(functionId: string): readonly string[] {
    return this.statementsOf(functionId)
      .flatMap(({ Action }) => Action)
      .filter((action) => !action.startsWith('logs:'))
      .toSorted();
  }

  /** Paths of all methods, from the tree of resources. */
  methodsByPath(): ReadonlyMap<string, { HttpMethod: string; AuthorizationType: string; AuthorizerId?: unknown }> {
    const tree = new Map(this.resources('AWS::ApiGateway::Resource').map(([id, { Properties }]) => [id, Properties]));
    const pathOf = (id: string | undefined): string => {
      const resource = id === undefined ? undefined : tree.get(id);
      return resource === undefined ? '' : `${pathOf(resource.ParentId.Ref)}/${resource.PathPart}`;
    };
    return new Map(
      this.resources('AWS::ApiGateway::Method').map(([, { Properties }]) => [
        pathOf(Properties.ResourceId.Ref),
        Properties,
      ]),
    );
  }

  /** The value of an output, tokens as `<Ref>`. */
  outputOf(id: string): string | undefined {
    const { Value } = this.template.toJSON()['Outputs']?.[id] ?? {};
    return Value === undefined ? undefined : toText(Value);
  }

  #roleOf(functionId: string): string {
    const found = this.resources('AWS::Lambda::Function').find(([id]) => id.startsWith(functionId));
    if (found === undefined) throw new Error(`there is no function ${functionId}`);
    return found[1].Properties.Role['Fn::GetAtt'][0];
  }
}

/** A value of a template as a text, with `<…>` for what is known at deployment only. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, content] = []] = Object.entries(value);
  if (kind === 'Fn::Join') return content[1].map(toText).join(content[0]);
  if (kind === 'Fn::GetAtt') return `<${content.join('.')}>`;
  return `<${content}>`;
}
