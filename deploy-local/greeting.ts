import { type RunningTenant, toCards, toCurl } from '../local/greeting.ts';

/** What a person needs to go on. */
export function toGreeting(
  tenants: readonly RunningTenant[],
  { url, config, region }: { readonly url: string; readonly config: string; readonly region: string },
): string {
  return [
    'scim-stack is deployed to an AWS that this machine emulates. A client here can use:\n',
    toCards(tenants),
    ...tenants.slice(0, 1).map((tenant) => `Or create a user yourself:\n\n${toCurl(tenant)}\n`),
    `The operator's command line, and AWS's own, reach it with:\n`,
    `export AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1`,
    `npx scim-stack tenants list --config ${config} --region ${region}\n`,
    'Ctrl-C ends it.\n',
  ].join('\n');
}
