import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../scim/json.ts';
import { PATCH_OP_SCHEMA } from '../../scim/patch/parse.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts';
import { USER_SCHEMA } from '../../scim/schema/user.ts';
import { ACME_SCHEMA } from './acme-extension.ts';

/** Any JSON, with the keys and texts that break careless code among it. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }).map((value): JsonValue => JSON.parse(JSON.stringify(value))),
  fc.constantFrom<JsonValue>('', null, [], {}, '\ud800', '\u0000', 'True', 1e300, -0, [[]], [null]),
  fc
    .constant('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    .map((text) => JSON.parse(text)),
);

const texts = fc.constantFrom('a', 'A', 'work', 'home', 'ß', 'SS', 'é', 'e\u0301', ' ', '');
const ids = fc.constantFrom('m1', 'm2', 'M1');
const booleans = fc.constantFrom<JsonValue>(true, false, 'True', 'false');

/** A record of which each member may be missing, or what a client sends for "nothing". */
function partial(members: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonObject> {
  const mayBeMissing = Object.entries(members).map(([name, value]) =>
    fc.oneof(
      { weight: 6, arbitrary: value.map((given) => [[name, given] as const]) },
      { weight: 1, arbitrary: fc.constant([[name, null] as const]) },
      { weight: 3, arbitrary: fc.constant([]) },
    ),
  );
  return fc.tuple(...mayBeMissing).map((given) => Object.fromEntries(given.flat()));
}

const entry = partial({ value: texts, type: texts, display: texts });
const entries = fc
  .tuple(fc.array(entry, { maxLength: 4 }), fc.nat(4))
  .map(([list, position]): JsonValue => list.map((value, i) => (i === position ? { ...value, primary: true } : value)));
const address = partial({ type: texts, locality: texts, primary: booleans });
const device = partial({ serial: ids, ports: fc.array(texts, { maxLength: 3 }) }).map((rest) => ({
  ...rest,
  model: 'm',
}));

/** Values that fit, by attribute. */
const fitting: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  title: texts,
  active: booleans,
  name: partial({ givenName: texts, familyName: texts }),
  emails: entries,
  roles: entries,
  addresses: fc.array(address, { maxLength: 1 }),
  password: texts,
  [`${ENTERPRISE_USER_SCHEMA}:department`]: texts,
  [`${ENTERPRISE_USER_SCHEMA}:manager`]: fc.oneof(ids, partial({ value: ids, $ref: texts })),
  [`${ACME_SCHEMA}:tags`]: fc.array(texts, { maxLength: 3 }),
  [`${ACME_SCHEMA}:level`]: fc.integer(),
  [`${ACME_SCHEMA}:devices`]: fc.array(device, { maxLength: 2 }),
};

/** A body from which a user can be made. */
export const userBody: fc.Arbitrary<JsonObject> = fc
  .tuple(
    partial(Object.fromEntries(Object.entries(fitting).filter(([path]) => !path.includes(':')))),
    partial({ department: texts, manager: fc.oneof(ids, partial({ value: ids, $ref: texts })) }),
    partial({
      tags: fc.array(texts, { maxLength: 3 }),
      level: fc.integer(),
      devices: fc.array(device, { maxLength: 2 }),
    }),
  )
  .map(([core, enterprise, acme]) => ({
    schemas: [USER_SCHEMA],
    userName: 'ada',
    ...core,
    [ENTERPRISE_USER_SCHEMA]: enterprise,
    [ACME_SCHEMA]: acme,
  }));

const names = fc.constantFrom('add', 'replace', 'remove', 'Add', 'Replace', 'Remove');

/** An operation whose second application finds what the first one left: its path selects by nothing that it changes. */
export const repeatableOperation: fc.Arbitrary<JsonObject> = fc.oneof(
  fc
    .tuple(names, fc.constantFrom(...Object.keys(fitting)))
    .chain(([op, path]) => (fitting[path] ?? texts).map((value): JsonObject => ({ op, path, value }))),
  fc
    .tuple(
      names,
      fc.constantFrom('emails', 'roles'),
      fc.constantFrom('type eq "work"', 'type eq "x"', 'primary eq "True"', 'not (type pr)'),
      fc.constantFrom('value', 'display'),
      texts,
    )
    .map(([op, attribute, filter, name, value]) => ({ op, path: `${attribute}[${filter}].${name}`, value })),
  fc.tuple(fc.constantFrom('add', 'replace'), partial(fitting)).map(([op, value]) => ({ op, value })),
);

const paths = fc.oneof(
  fc.constantFrom(...Object.keys(fitting), 'members', 'groups', 'id', 'meta', 'schemas', 'userName', 'name.givenName'),
  fc.constantFrom(
    'emails.value',
    'emails[type eq "work"]',
    'emails[type eq "work"].type',
    'emails[value co "a"].value',
  ),
  fc.constantFrom(
    'members[value eq "m1"]',
    'members[type eq "User"]',
    'members.value',
    ENTERPRISE_USER_SCHEMA,
    ACME_SCHEMA,
  ),
  fc.constantFrom(
    'badge',
    'grants',
    'devices[serial eq "m1"].ports',
    'devices[model eq "m"]',
    'manager.value',
    USER_SCHEMA,
  ),
  fc.string(),
);
const memberList = fc.array(partial({ value: ids, $ref: texts }), { maxLength: 3 });

/** An operation of which any part may be what it should not be. */
export const nearValidOperation: fc.Arbitrary<JsonValue> = fc.oneof(
  repeatableOperation,
  fc.record(
    {
      op: fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: anyJson }),
      path: fc.oneof({ weight: 9, arbitrary: paths }, { weight: 1, arbitrary: anyJson }),
      value: fc.oneof(anyJson, texts, entry, entries, memberList, userBody),
    },
    { requiredKeys: ['op'] },
  ),
  fc.tuple(paths, anyJson).map(([key, value]) => ({ op: 'replace', value: Object.fromEntries([[key, value]]) })),
);

/** The body of a PATCH with these operations. */
export function toPatchBody(operations: readonly JsonValue[]): JsonObject {
  return { schemas: [PATCH_OP_SCHEMA], Operations: operations };
}

/** Freezes a JSON value all the way down: whoever writes to it fails. */
export function deepFreeze<T extends JsonValue>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
