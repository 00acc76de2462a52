import { patchBodyValidation, type ScimPatch, type ScimResource, scimPatch } from 'scim-patch';
import type { JsonObject } from '../../scim/json.ts';
import { isSameJson } from '../../scim/json.ts';
import { applyPatch } from '../../scim/patch/apply.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../scim/patch/parse.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { callsPerCpuSecond, ratioOf, takeTurns } from '../measure.ts';
import { createStoredUsers, ENTERPRISE_USER } from '../traffic/representations.ts';

export const patchBenchmark: Benchmark = {
  name: 'patch',
  about: 'the engine alone: PATCH, next to scim-patch',
  method: `
Five PATCH requests of the kinds that identity providers send, each applied to a user who has what it changes. Ours checks
paths and values against the schema; the peer knows no schema. The peer copies the user first (its option
\`mutateDocument: false\`): whoever stores must know what was there before, and ours never changes what it is given. Both
run in this process, in turns, by processor time.`,
  run: measurePatches,
};

const requests: readonly (readonly JsonObject[])[] = [
  [{ op: 'replace', path: 'active', value: false }],
  [
    { op: 'replace', path: 'displayName', value: 'Ada King' },
    { op: 'replace', path: 'name.familyName', value: 'King' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'ada.king@example.com' },
  ],
  [
    { op: 'replace', path: 'addresses[type eq "work"].locality', value: 'London' },
    { op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '+44 20 7946 0000' },
    { op: 'replace', path: `${ENTERPRISE_USER}:department`, value: 'Engines' },
  ],
  [{ op: 'replace', value: { title: 'Countess', preferredLanguage: 'en-GB' } }],
  [
    { op: 'add', path: 'emails', value: [{ type: 'home', value: 'ada@home.example' }] },
    { op: 'remove', path: 'phoneNumbers[type eq "mobile"]' },
  ],
];

async function measurePatches(bench: Bench): Promise<readonly Finding[]> {
  const schema = createResourceSchemas().User;
  const [user] = createStoredUsers('patch', 1);
  if (user === undefined) throw new Error('there is no user to change');
  const bodies = requests.map((operations) => ({ schemas: [PATCH_OP_SCHEMA], Operations: operations }));
  const ours = (body: JsonObject): JsonObject =>
    applyPatch(schema, user.attributes, parsePatchBody(schema, body), user.id).attributes;
  const theirs = (body: JsonObject): JsonObject => patchByPeer(user.attributes, body);
  for (const body of bodies) assertSame(body, ours(body), theirs(body));
  const rate = (patch: typeof ours) => () =>
    bodies.length * callsPerCpuSecond(bench, () => bodies.forEach((body) => void patch(body)));
  const { scimStack, peer } = await takeTurns(bench, { scimStack: rate(ours), peer: rate(theirs) });
  return [
    {
      what: 'PATCH requests (check the message, apply its operations)',
      figures: [
        { of: 'scim-stack', value: scimStack, unit: '/s' },
        { of: 'scim-patch', value: peer, unit: '/s' },
      ],
      ratio: ratioOf('scim-stack / scim-patch', scimStack, peer, { atLeast: 2 }),
    },
  ];
}

/** The peer's types want a whole resource with dates, its code does not. */
function patchByPeer(attributes: JsonObject, body: JsonObject): JsonObject {
  const message = body as unknown as ScimPatch;
  patchBodyValidation(message);
  const resource = attributes as unknown as ScimResource;
  const patched = scimPatch(resource, message.Operations, { mutateDocument: false, treatMissingAsAdd: true });
  return patched as unknown as JsonObject;
}

/** A comparison of two programs that come to different results would be one of two different things. */
function assertSame(body: JsonObject, ours: JsonObject, theirs: JsonObject): void {
  if (!isSameJson(ours, theirs)) throw new Error(`different results of ${JSON.stringify(body)}`);
}
