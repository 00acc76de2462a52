import type { RegionConfig } from '../../lib/config/region-config.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import type { Aws } from '../deployment/aws.ts';
import { chooseRegion, type Deployment, toAdminUrl } from '../deployment/deployment.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';
import type { Check } from '../text/checks.ts';
import { counted } from '../text/table.ts';
import { BOOTSTRAP_VERSION, gatewayQuotas, LAMBDA_CONCURRENCY, LAMBDA_QUOTA_CODE, TENANTS } from './needs.ts';

const REQUIRED_NODE = 24;
const LOAD = `${TENANTS} tenants at 25 requests/s`;

/** Everything that has to be right, from the machine to the deployed admin API; each as soon as it is known. */
export async function* examine(session: Session): AsyncGenerator<Check> {
  yield checkNode(session.dependencies.nodeVersion);
  if (session.options.local !== undefined || session.options.endpoint !== undefined) {
    yield await checkAdminApi(session, 'Admin API');
    return;
  }
  const { account, regions, check } = checkConfiguration(session);
  yield check;
  const [first] = regions;
  if (first === undefined) return;
  const caller = await attempt('Credentials', async () => {
    const caller = await session.aws.getCaller(first.awsRegion);
    const found = `account ${caller.account}, ${caller.arn}`;
    const todo = `The configuration is for account ${account}: sign in there, or name a profile: --profile <name>.`;
    return { ok: account === undefined || account === caller.account, found, todo };
  });
  yield caller;
  if (!caller.ok) return;
  for (const region of regions) yield* examineRegion(session, region);
}

async function* examineRegion(session: Session, region: RegionConfig): AsyncGenerator<Check> {
  const { aws } = session;
  yield await checkBootstrap(aws, region);
  yield await checkLambda(aws, region);
  yield await checkGateway(aws, region, 'rate', 'requests/s');
  yield await checkGateway(aws, region, 'burst', 'requests at once');
  yield await checkDeployment(session, region);
}

function checkNode(version: string): Check {
  const ok = Number.parseInt(version, 10) >= REQUIRED_NODE;
  const todo = `Node ${REQUIRED_NODE} is wanted: run "npm ci", which brings it, or install it.`;
  return { name: 'Node', ok, found: version, todo };
}

function checkConfiguration(session: Session): Deployment & { readonly check: Check } {
  const name = 'Configuration';
  try {
    const { account, regions: all } = session.deployment;
    const { region } = session.options;
    const regions = region === undefined ? all : [chooseRegion(all, region)];
    const found = regions.map((each) => `${each.name} (${each.awsRegion})`).join(', ');
    return { account, regions, check: { name, ok: true, found } };
  } catch (error) {
    return { account: undefined, regions: [], check: toFailedCheck(name, error) };
  }
}

function checkBootstrap(aws: Aws, { name, awsRegion }: RegionConfig): Promise<Check> {
  return attempt(`${name}: CDK bootstrap`, async () => {
    const todo = `Run it once for account and region: npx cdk bootstrap aws://<account>/${awsRegion}`;
    const stack = await aws.findStack(awsRegion, 'CDKToolkit');
    if (stack === undefined) return { ok: false, found: `none in ${awsRegion}`, todo };
    const version = Number(stack.outputs['BootstrapVersion']);
    return { ok: version >= BOOTSTRAP_VERSION, found: `version ${version || 'unknown'}`, todo };
  });
}

function checkLambda(aws: Aws, { name, awsRegion, reservedConcurrency }: RegionConfig): Promise<Check> {
  return attempt(`${name}: Lambda concurrency`, async () => {
    const { users = 0, groups = 0, authorizer = 0 } = reservedConcurrency;
    // Lambda keeps 100 executions for functions without a reservation.
    const reserved = users + groups + authorizer;
    const need = Math.max(LAMBDA_CONCURRENCY, reserved === 0 ? 0 : reserved + 100);
    const limit = await aws.getLambdaConcurrency(awsRegion);
    const found = `${limit} executions at once; ${need} wanted for ${LOAD}`;
    return { ok: limit >= need, found, todo: raiseQuota('lambda', LAMBDA_QUOTA_CODE, awsRegion) };
  });
}

function checkGateway(
  aws: Aws,
  { name, awsRegion, throttle }: RegionConfig,
  which: 'rate' | 'burst',
  unit: string,
): Promise<Check> {
  const { service } = gatewayQuotas;
  const quota = gatewayQuotas[which];
  const configured = which === 'rate' ? throttle.requestsPerSecond : throttle.burst;
  return attempt(`${name}: API Gateway, ${quota.name.toLowerCase()}`, async () => {
    const limit = await aws.findQuota(awsRegion, service, quota.code);
    if (limit === undefined) return { ok: false, found: 'unknown', todo: 'Look it up in the Service Quotas console.' };
    const shortfall = limit < configured ? `; the configuration promises ${configured}` : '';
    const found = `${limit} ${unit}; ${quota.need} wanted for ${LOAD}${shortfall}`;
    return { ok: limit >= quota.need && limit >= configured, found, todo: raiseQuota(service, quota.code, awsRegion) };
  });
}

function raiseQuota(service: string, code: string, awsRegion: string): string {
  return `Ask for more: https://${awsRegion}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`;
}

async function checkDeployment(session: Session, { name, awsRegion, stackName }: RegionConfig): Promise<Check> {
  return await attempt(`${name}: deployment`, async () => {
    const stack = await session.aws.findStack(awsRegion, stackName);
    if (stack === undefined) {
      return { ok: false, found: `no stack ${stackName}`, todo: `Deploy it: npx cdk deploy ${stackName}` };
    }
    if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status)) {
      const todo = 'See the events of the stack in the CloudFormation console, then deploy again.';
      return { ok: false, found: `${stack.name} is ${stack.status}`, todo };
    }
    const tenants = await countTenants(session.signedClient(toAdminUrl(stack), awsRegion));
    return { ok: true, found: `${stack.name} is ${stack.status}; the admin API knows ${tenants}` };
  });
}

function checkAdminApi(session: Session, name: string): Promise<Check> {
  return attempt(name, async () => {
    const { api } = await session.connect();
    return { ok: true, found: `${api.baseUrl} knows ${await countTenants(api)}` };
  });
}

/** Whether the admin API answers, and lets the caller in. */
async function countTenants(api: AdminClient): Promise<string> {
  let count = 0;
  for await (const { tenants } of pagesOf((after) => api.call('listTenants', { query: { after } }))) {
    count += tenants.length;
  }
  return counted(count, 'tenant');
}

/** A check that AWS or the admin API does not let through is a check that failed, not the end of the others. */
async function attempt(name: string, look: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    return toFailedCheck(name, error);
  }
}

function toFailedCheck(name: string, error: unknown): Check {
  const found = error instanceof Error ? error.message : String(error);
  const todo = error instanceof CliError ? error.advice : undefined;
  return { name, ok: false, found, ...(todo === undefined ? {} : { todo }) };
}
