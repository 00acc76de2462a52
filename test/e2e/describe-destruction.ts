import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { EmulatedDeployment } from '../helpers/emulated-deployment.ts';
import { sendScim } from '../helpers/scim-client.ts';

interface Resource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
}

/** What outlives its stack: the directory, and the account's setting with which API Gateway writes logs (lib/constructs/api-log-role.ts). */
const RETAINED = [/^Directory/u, /^ApiLogRole/u];

/** The end of the deployment. */
export function describeDestruction(deployment: () => EmulatedDeployment): void {
  describe('cdk destroy', () => {
    let resources: readonly Resource[];
    let secrets: readonly string[];
    let regions: readonly string[];

    beforeAll(async () => {
      await deployment().restart({ enforceIam: false });
      const stacks = await deployment().stacks();
      regions = [...new Set(stacks.map(({ region }) => region))];
      const listed = [];
      for (const { name, region } of stacks) listed.push(...(await deployment().aws.listResources(region, name)));
      resources = listed.map(({ ResourceType = '', LogicalResourceId = '', PhysicalResourceId = '' }) => ({
        type: ResourceType,
        logicalId: LogicalResourceId,
        physicalId: PhysicalResourceId,
      }));
      secrets = await deployment().aws.listSecrets('us-east-1');
      await deployment().cdk.destroy(deployment().assembly);
    });

    it('leaves no stack, no function and no API', async () => {
      for (const { name, region } of await deployment().stacks()) {
        expect(await deployment().aws.findStack(region, name), name).toBeUndefined();
        expect(await deployment().aws.listFunctions(region)).toEqual([]);
      }
      expect((await sendScim(deployment().tenant, 'GET', 'Users')).status).toBe(404);
    });

    it('leaves the tables and the secrets', async () => {
      const tables = resources
        .filter(({ type }) => type === 'AWS::DynamoDB::GlobalTable')
        .map(({ physicalId }) => physicalId);
      const found = [];
      for (const region of regions) found.push(...(await deployment().aws.listTables(region)));
      expect(found.sort()).toEqual([...tables].sort());
      expect(tables).toHaveLength(4);
      expect(secrets.length).toBeGreaterThanOrEqual(2);
      expect(await deployment().aws.listSecrets('us-east-1')).toEqual(secrets);
    });

    it('leaves nothing else that the emulator knows of', async () => {
      await deployment().stop();
      const services = await readServices(join(deployment().run.dataFolder, 'state'));
      const left = resources
        .filter(({ logicalId }) => !RETAINED.some((id) => id.test(logicalId)))
        .flatMap(({ type, physicalId }) =>
          services
            .filter(({ names }) => names.has(physicalId))
            .map(({ service }) => `${type} ${physicalId} in ${service}`),
        );
      expect(resources.length).toBeGreaterThan(400);
      expect(left).toEqual([]);
    });
  });
}

const StateSchema = z.object({ payload: z.record(z.string(), z.unknown()) });

/** What services remember of what was: CloudFormation its stacks, CloudWatch measures and the history of alarms. */
const MEMORIES = ['cloudformation.', 'cloudwatch.metrics', 'cloudwatch.alarm_history'];

const TagSchema = z.strictObject({ Key: z.string(), Value: z.string() });

interface Service {
  readonly service: string;
  /** Every text that stands by itself in what the service keeps. */
  readonly names: ReadonlySet<string>;
}

/** What each service of the emulator keeps. */
async function readServices(folder: string): Promise<readonly Service[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return await Promise.all(
    files.map(async (file) => {
      const service = file.replace(/\.json$/u, '');
      const { payload } = StateSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
      const present = Object.entries(payload).filter(
        ([key]) => !MEMORIES.some((memory) => `${service}.${key}`.startsWith(memory)),
      );
      return { service, names: new Set(namesIn(present)) };
    }),
  );
}

/** Keys and values, but for tags, which name the stack; the emulator joins account, region and name with U+0000. */
function* namesIn(value: unknown): Generator<string> {
  if (TagSchema.safeParse(value).success) return;
  if (typeof value === 'string') {
    yield value;
    yield* value.split('\0');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield* namesIn(key);
      yield* namesIn(item);
    }
  }
}
