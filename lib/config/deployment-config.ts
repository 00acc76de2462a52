import * as z from 'zod';

/** Where the regions that have a name of their own lie. */
const namedRegions = {
  us: 'us-east-1',
  de: 'eu-central-1',
  jp: 'ap-northeast-1',
  au: 'ap-southeast-2',
} as const;

const AWS_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

const RegionSchema = z.string().refine((name) => Object.hasOwn(namedRegions, name) || AWS_REGION.test(name), {
  error: ({ input }) =>
    `expected ${Object.keys(namedRegions).join(', ')} or the code of an AWS region such as eu-west-1, got ${JSON.stringify(input)}`,
});

/** What a deployment may be told, in `scim-stack.config.json`. Every key has a default. */
export const DeploymentConfigSchema = z.strictObject({
  /** Prefix of every stack name; changing it later creates a second, empty deployment. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,19}$/, 'expected lower-case letters, digits and hyphens, 2-20 characters')
    .default('scim-stack'),
  /** Each becomes a stack of its own, with its own table and tokens: nothing is copied between them. */
  regions: z
    .array(RegionSchema)
    .min(1, 'expected one region at least')
    .refine((regions) => new Set(regions.map(toAwsRegion)).size === regions.length, 'expected each region once')
    .default(['us']),
});
export type DeploymentConfig = z.infer<typeof DeploymentConfigSchema>;

/** The code of the AWS region that a region of the configuration stands for. */
export function toAwsRegion(region: string): string {
  const named: Readonly<Record<string, string>> = namedRegions;
  return Object.hasOwn(named, region) ? (named[region] ?? region) : region;
}
