import * as z from 'zod';
import { stackOutputs } from '../lambda/contract/stack-outputs.ts';
import { ADMIN_PATH, APPLICATION_PATH, parseTenantUrlTemplate } from '../lambda/contract/tenant-url.ts';
import { emulatedTypes, findGap } from './emulator-gaps.ts';

const ResourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
});
type Resource = z.infer<typeof ResourceSchema>;

const TemplateSchema = z.looseObject({
  Resources: z.record(z.string(), ResourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).optional(),
});
export type Template = z.infer<typeof TemplateSchema>;

const EnvironmentSchema = z.looseObject({ Variables: z.record(z.string(), z.unknown()) });

const TENANT_URL_VARIABLE = 'TENANT_URL_TEMPLATE';
const WEBHOOK_TARGETS_VARIABLE = 'WEBHOOK_TARGETS';

/** A stack that the emulator could not show faithfully, for a reason that nobody has looked at yet. */
export class UnknownGapError extends Error {
  override readonly name = 'UnknownGapError';
}

/**
 * Makes of a stack's template one that the emulator takes: without what `emulator-gaps.ts` lists, with URLs that reach the
 * API on this machine, with webhooks that may lead to this machine as well, and open to who comes without TLS.
 *
 * @param stack - Its name, for messages.
 * @param endpoint - The emulator's, without a trailing slash.
 * @throws {@link UnknownGapError} for a type of resource that stands in none of the lists.
 */
export function localiseTemplate(stack: string, input: unknown, endpoint: string): Template {
  const template = TemplateSchema.parse(input);
  const resources = Object.entries(template.Resources);
  const unknown = new Set(resources.map(([, { Type }]) => Type).filter((type) => !isKnown(type)));
  if (unknown.size > 0) {
    throw new UnknownGapError(
      `${stack} has resources of which nobody knows what the emulator makes of them: ${[...unknown].join(', ')}. ` +
        'Try it, and list the type in deploy-local/emulator-gaps.ts.',
    );
  }
  const stripped = new Set(resources.filter(([, { Type }]) => findGap(Type) !== undefined).map(([id]) => id));
  const open = TemplateSchema.parse(allowPlainHttp(openWebhooks(template)));
  return mend(stack, redirect(open, endpoint), stripped);
}

function isKnown(type: string): boolean {
  return emulatedTypes.has(type) || findGap(type) !== undefined;
}

/** Takes the resources out, and what refers to them. */
function mend(stack: string, template: Template, stripped: ReadonlySet<string>): Template {
  const kept = Object.entries(template.Resources)
    .filter(([id]) => !stripped.has(id))
    .map(([id, resource]) => [id, withoutDependencies(resource, stripped)] as const);
  const { Resources: _, ...rest } = template;
  const mended = TemplateSchema.parse(replaceReferences({ ...rest, Resources: Object.fromEntries(kept) }, stripped));
  const text = JSON.stringify(mended);
  const left = [...stripped].find((id) => text.includes(`\${${id}}`) || text.includes(`\${${id}.`));
  if (left !== undefined) throw new UnknownGapError(`${stack} names ${left}, which the emulator refuses, in a Fn::Sub`);
  return mended;
}

function withoutDependencies(resource: Resource, stripped: ReadonlySet<string>): Resource {
  const { DependsOn, ...rest } = resource;
  const left = [DependsOn ?? []].flat().filter((id) => !stripped.has(id));
  return left.length === 0 ? rest : { ...rest, DependsOn: left };
}

/** A reference to what is gone becomes a text that says so. */
function replaceReferences(value: unknown, stripped: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, stripped));
  if (typeof value !== 'object' || value === null) return value;
  const id = referredIn(value);
  if (id !== undefined && stripped.has(id)) return `arn:aws:emulator-gap:::${id}`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceReferences(item, stripped)]));
}

const ReferenceSchema = z.union([
  z.strictObject({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.strictObject({ 'Fn::GetAtt': z.tuple([z.string()], z.unknown()) }).transform((value) => value['Fn::GetAtt'][0]),
]);

function referredIn(value: object): string | undefined {
  return ReferenceSchema.safeParse(value).data;
}

/** Lets webhooks lead to receivers beside the emulator; in AWS they lead to the internet alone. */
function openWebhooks(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const environment = EnvironmentSchema.safeParse(resource.Properties?.['Environment']).data;
    if (environment?.Variables[WEBHOOK_TARGETS_VARIABLE] === undefined) return [id, resource];
    const variables = { ...environment.Variables, [WEBHOOK_TARGETS_VARIABLE]: 'any' };
    return [
      id,
      { ...resource, Properties: { ...resource.Properties, Environment: { ...environment, Variables: variables } } },
    ];
  });
  return TemplateSchema.parse({ ...template, Resources: Object.fromEntries(resources) });
}

const PlainHttpSchema = z.looseObject({
  Effect: z.literal('Deny'),
  Condition: z.strictObject({ Bool: z.strictObject({ 'aws:SecureTransport': z.literal('false') }) }),
});

/** The emulator speaks no TLS, so that a queue which refuses everybody without it would refuse everybody. */
function allowPlainHttp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allowPlainHttp);
  if (typeof value !== 'object' || value === null) return value;
  if (PlainHttpSchema.safeParse(value).success) {
    return { ...value, Condition: { StringEquals: { 'aws:PrincipalAccount': 'nobody' } } };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, allowPlainHttp(item)]));
}

/** Has Tenant URLs and the outputs name the way to the API that an ordinary client on this machine can go. */
function redirect(template: Template, endpoint: string): Template {
  const api = findOnly(template, 'AWS::ApiGateway::RestApi');
  const stage = z.string().safeParse(findOnly(template, 'AWS::ApiGateway::Stage')?.[1].Properties?.['StageName']).data;
  if (api === undefined || stage === undefined) return template;
  const toUrl = (path: string, stagePart = stage) => ({
    'Fn::Join': [
      '',
      [`${endpoint}/_aws/execute-api/`, { Ref: api[0] }, ['', stagePart, path].join('/').replace(/\/$/u, '')],
    ],
  });
  let tenantPath: string | undefined;
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const environment = EnvironmentSchema.safeParse(resource.Properties?.['Environment']).data;
    const tenantUrl = environment?.Variables[TENANT_URL_VARIABLE];
    if (environment === undefined || typeof tenantUrl !== 'string') return [id, resource];
    tenantPath = parseTenantUrlTemplate(tenantUrl).path;
    const variables = { ...environment.Variables, [TENANT_URL_VARIABLE]: toUrl(tenantPath, '{stage}') };
    const properties = { ...resource.Properties, Environment: { ...environment, Variables: variables } };
    return [id, { ...resource, Properties: properties }];
  });
  const outputs: Record<string, unknown> = { ...template.Outputs };
  if (outputs[stackOutputs.adminUrl] !== undefined) outputs[stackOutputs.adminUrl] = { Value: toUrl(ADMIN_PATH) };
  if (outputs[stackOutputs.applicationUrl] !== undefined) {
    outputs[stackOutputs.applicationUrl] = { Value: toUrl(APPLICATION_PATH) };
  }
  if (tenantPath !== undefined) outputs[stackOutputs.tenantUrl] = { Value: toUrl(tenantPath) };
  return TemplateSchema.parse({ ...template, Resources: Object.fromEntries(resources), Outputs: outputs });
}

function findOnly({ Resources }: Template, type: string): [string, Resource] | undefined {
  const [found, ...others] = Object.entries(Resources).filter(([, { Type }]) => Type === type);
  return others.length === 0 ? found : undefined;
}
