import fc, { type Arbitrary } from 'fast-check';
import type { AttributePath, CompareOperator, Filter, FilterValue } from '../../../../scim/filter/ast.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { BADGE_URN, CORE_URN } from '../../../helpers/sample-schema.ts';

const compareOperators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;

/** Builds filters of the normal form over the given leaves. */
function combine(leaf: Arbitrary<Filter>): Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('filter').map((operand): Filter => ({ kind: 'not', operand })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]) => toNormalForm(kind, operands)),
    ),
  })).filter;
}

function toNormalForm(kind: 'and' | 'or', operands: readonly Filter[]): Filter {
  return { kind, operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])) };
}

const attributeName = fc.oneof(
  fc.stringMatching(/^[A-Za-z$][A-Za-z0-9$_-]{0,8}$/),
  fc.constantFrom('not', 'and', 'or', 'pr', 'eq', 'true', 'null', '$ref'),
);

/** Any path that the grammar allows. */
export const anyPath: Arbitrary<AttributePath> = fc.record(
  {
    schema: fc.oneof(
      fc.constantFrom(CORE_URN, BADGE_URN, 'http://schemas.example/2006/11/2.0/Group'),
      fc.stringMatching(/^urn:[a-z0-9.:_-]{1,20}$/),
    ),
    name: attributeName,
    subAttribute: attributeName,
  },
  { requiredKeys: ['name'] },
);

const anyValue: Arbitrary<FilterValue> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

const anyTerm: Arbitrary<Filter> = fc.oneof(
  anyPath.map((path): Filter => ({ kind: 'present', path })),
  fc
    .record({ path: anyPath, operator: fc.constantFrom(...compareOperators), value: anyValue })
    .map((comparison): Filter => ({ kind: 'compare', ...comparison })),
);

/** A filter as it may stand in the brackets of a value path. */
export const anyValueFilter: Arbitrary<Filter> = combine(anyTerm);

/** Any filter that the grammar allows, whether or not a schema knows its attributes. */
export const anyFilter: Arbitrary<Filter> = combine(
  fc.oneof(
    { weight: 3, arbitrary: anyTerm },
    {
      weight: 1,
      arbitrary: fc
        .record({ path: anyPath, filter: anyValueFilter })
        .map((valuePath): Filter => ({ kind: 'valuePath', ...valuePath })),
    },
  ),
);

// Few values, so that filters and resources often meet; letters whose folding is not that of ASCII among them.
const text = fc.constantFrom('', 'a', 'A', 'ab', 'AB', 'aß', 'ASS', 'ẞ', 'é', 'E\u0301', 'ΣΣ', 'σς', '\uFFFD', '😀');
const date = fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2024-01-01T00:00:00.5Z');
const number = fc.constantFrom(-1, 0, 0.5, 1, 2);
const textual = compareOperators;
const ordering = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
const equality = ['eq', 'ne'] as const;

function leafOf(
  path: AttributePath,
  operators: readonly CompareOperator[],
  value: Arbitrary<FilterValue>,
): Arbitrary<Filter> {
  return fc.oneof(
    fc.constant<Filter>({ kind: 'present', path }),
    fc.constantFrom(...equality).map((operator): Filter => ({ kind: 'compare', path, operator, value: null })),
    ...Array.from({ length: 3 }, () =>
      fc
        .tuple(fc.constantFrom(...operators), value)
        .map(([operator, literal]): Filter => ({ kind: 'compare', path, operator, value: literal })),
    ),
  );
}

const booleanLiteral = fc.constantFrom<FilterValue>(true, false, 'True', 'false');

const emailFilter = combine(
  fc.oneof(
    leafOf({ name: 'type' }, textual, text),
    leafOf({ name: 'value' }, textual, text),
    leafOf({ name: 'primary' }, equality, booleanLiteral),
  ),
);

/** A filter that the sample schema allows. */
export const sampleFilter: Arbitrary<Filter> = combine(
  fc.oneof(
    leafOf({ name: 'userName' }, textual, text),
    leafOf({ name: 'externalId' }, textual, text),
    leafOf({ name: 'active' }, equality, booleanLiteral),
    leafOf({ name: 'name', subAttribute: 'givenName' }, textual, text),
    leafOf({ name: 'emails' }, textual, text),
    leafOf({ name: 'emails', subAttribute: 'type' }, textual, text),
    leafOf({ name: 'emails', subAttribute: 'primary' }, equality, booleanLiteral),
    leafOf({ name: 'nickNames' }, textual, text),
    leafOf({ schema: BADGE_URN, name: 'level' }, ordering, number),
    leafOf({ schema: BADGE_URN, name: 'issued' }, ordering, date),
    leafOf({ schema: BADGE_URN, name: 'manager' }, textual, text),
    fc.constant<Filter>({ kind: 'present', path: { name: 'name' } }),
    emailFilter.map((filter): Filter => ({ kind: 'valuePath', path: { name: 'emails' }, filter })),
    leafOf({ name: 'value' }, textual, text).map(
      (filter): Filter => ({ kind: 'valuePath', path: { name: 'nickNames' }, filter }),
    ),
  ),
);

function maybe(value: Arbitrary<JsonValue>): Arbitrary<JsonValue> {
  return fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom<JsonValue>(null, 7, 'x') });
}

/** An object that has some of the members. */
function object(members: Readonly<Record<string, Arbitrary<JsonValue>>>): Arbitrary<JsonObject> {
  return fc
    .record(members, { requiredKeys: [] })
    .map((some) => Object.fromEntries(Object.entries(some).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))));
}

/** A resource of the sample schema, now and then with a value of the wrong type. */
export const sampleResource: Arbitrary<JsonObject> = object({
  userName: maybe(text),
  externalId: maybe(text),
  active: maybe(fc.boolean()),
  name: maybe(object({ givenName: maybe(text), familyName: maybe(text) })),
  emails: maybe(
    fc.array(maybe(object({ type: maybe(text), value: maybe(text), primary: maybe(fc.boolean()) })), { maxLength: 3 }),
  ),
  nickNames: maybe(fc.array(maybe(text), { maxLength: 3 })),
  [BADGE_URN]: maybe(
    object({ level: maybe(number), issued: maybe(date), manager: maybe(object({ value: maybe(text) })) }),
  ),
});
