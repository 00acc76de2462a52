/** Where the regions that have a name of their own lie. */
const namedRegions: Readonly<Record<string, string>> = {
  us: 'us-east-1',
  de: 'eu-central-1',
  jp: 'ap-northeast-1',
  au: 'ap-southeast-2',
};

/** The code of an AWS region. */
export const AWS_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

/** The names that need no AWS region beside them. */
export const regionNames: readonly string[] = Object.keys(namedRegions);

/** The AWS region that a name stands for: one of {@link regionNames}, or an AWS region's own code; else undefined. */
export function findAwsRegion(name: string): string | undefined {
  if (Object.hasOwn(namedRegions, name)) return namedRegions[name];
  return AWS_REGION.test(name) ? name : undefined;
}
