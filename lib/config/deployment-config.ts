import * as z from 'zod';
import type { RegionConfig } from './region-config.ts';
import { findRegionFaults } from './region-faults.ts';
import { AWS_REGION, findAwsRegion, regionNames } from './regions.ts';
import { regionSettings, type Settings, sharedSettings, withRegion } from './settings.ts';

const RegionNameSchema = z
  .string()
  .refine((name) => findAwsRegion(name) !== undefined, {
    error: ({ input }) =>
      `expected ${regionNames.join(', ')} or the code of an AWS region such as eu-west-1, got ${JSON.stringify(input)}`,
  })
  .describe(`${regionNames.join(', ')}, or the code of an AWS region.`);

const RegionSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'expected lower-case letters, digits and hyphens, 1-20 characters')
      .describe('Part of the names of its stacks, and what {region} stands for.'),
    awsRegion: z
      .string()
      .regex(AWS_REGION, 'expected the code of an AWS region, such as eu-west-1')
      .optional()
      .describe(`Default: what the name stands for, if it is ${regionNames.join(', ')} or the code of an AWS region.`),
    ...regionSettings,
  })
  .refine(({ name, awsRegion }) => awsRegion !== undefined || findAwsRegion(name) !== undefined, {
    path: ['awsRegion'],
    error: `expected the code of an AWS region, for the name is none of ${regionNames.join(', ')}`,
  })
  .describe('A region with settings of its own: each replaces, as a whole, what is said of all regions.');

const AnyRegionSchema = z.union([RegionNameSchema, RegionSchema]);
type AnyRegion = z.infer<typeof AnyRegionSchema>;

/** What the regions' faults are looked for in; an issue without a path is about the whole. */
const URL_KEYS: ReadonlySet<PropertyKey | undefined> = new Set(['regions', 'tenantUrl', 'domain', undefined]);

/** What a deployment may be told, in `scim-stack.config.json`. Every key has a default. */
export const DeploymentConfigSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: the path of scim-stack.config.schema.json.'),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,19}$/, 'expected lower-case letters, digits and hyphens, 2-20 characters')
      .default('scim-stack')
      .describe('Prefix of every stack name; changing it later creates a second, empty deployment.'),
    account: z
      .string()
      .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
      .optional()
      .describe('AWS account to deploy to, and to no other. Default: the one that the CDK is signed in to.'),
    regions: z
      .array(AnyRegionSchema)
      .min(1, 'expected one region at least')
      .refine((regions) => isUnique(regions.map(nameOf)), 'expected each name of a region once')
      .refine((regions) => isUnique(regions.map(awsRegionOf)), 'expected each AWS region once')
      .default(['us'])
      .describe('Each becomes stacks of its own, with its own table and tokens: nothing is copied between them.'),
    ...sharedSettings,
  })
  .superRefine(
    (config, context) => {
      for (const { region, message } of findRegionFaults(toRegions(config))) {
        context.addIssue({ code: 'custom', path: ['regions', region], message });
      }
    },
    // Beside the faults of other keys, so that nobody mends one after the other.
    { when: ({ issues }) => !issues.some(({ path }) => URL_KEYS.has(path?.[0])) },
  );
export type DeploymentConfig = z.infer<typeof DeploymentConfigSchema>;

/** The regions of a deployment, in its order. There is no `{region}` left in their Tenant URLs. */
export function toRegions(config: DeploymentConfig): readonly RegionConfig[] {
  const { name: prefix, regions, $schema: _schema, account: _account, ...shared } = config;
  return regions.map((region) => {
    const settings = typeof region === 'string' ? shared : override(shared, region);
    const name = nameOf(region);
    return {
      ...settings,
      tenantUrl: withRegion(settings.tenantUrl, name),
      name,
      awsRegion: awsRegionOf(region),
      stackName: `${prefix}-${name}`,
    };
  });
}

function override(
  shared: Settings,
  { name: _name, awsRegion: _awsRegion, ...own }: Exclude<AnyRegion, string>,
): Settings {
  const defined = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...shared, ...defined };
}

function nameOf(region: AnyRegion): string {
  return typeof region === 'string' ? region : region.name;
}

/** The schema has refused a region of which it is not known where it lies. */
function awsRegionOf(region: AnyRegion): string {
  const name = nameOf(region);
  return (typeof region === 'string' ? undefined : region.awsRegion) ?? findAwsRegion(name) ?? name;
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
