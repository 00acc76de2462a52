import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { askList, idsOf, walkList } from '../../helpers/lists.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

const BEGINNING = 'x'.repeat(390);
/** Values around what a key holds of one: beyond 512 bytes it is cut after 400, here in the midst of a character. */
const texts = [
  ...[
    'a',
    'A',
    'aa',
    'ab',
    'b',
    'B.c',
    '~',
    '\u0002',
    'é',
    'e\u0301x',
    'ß',
    'SSx',
    '\uFFFD',
    '\u{1F600}',
    '\u{10FFFF}',
  ],
  ...['', 'y', 'é', '\uFFFD', 'y'.repeat(20), `${'y'.repeat(20)}z`].map((end) => `${BEGINNING}${end}`),
  ...['y', 'é', 'z', '\u{1F600}'].flatMap((end) =>
    [0, 7, 8, 9, 10].map((n) => `${BEGINNING}${'y'.repeat(n)}${end.repeat(150)}`),
  ),
];
/** As long as what is kept of a longer value, and some that go on with what is below and above the mark of a cut one. */
const KEPT = 'x'.repeat(400);
const cutTexts = [' ', '"', '$', 'z'].map((next) => `${KEPT}${next}${'y'.repeat(200)}`);
const paths = ['userName', 'externalId', 'emails.value', 'emails', `${ENTERPRISE_USER_SCHEMA}:employeeNumber`, 'id'];

const literal = fc.oneof(
  fc.constantFrom(...texts),
  fc
    .tuple(fc.constantFrom(...texts), fc.integer({ min: 0, max: 600 }))
    .map(([text, end]) => [...text].slice(0, end).join('')),
);
const comparison = fc
  .tuple(fc.constantFrom(...paths), fc.constantFrom('eq', 'sw', 'gt', 'ge', 'lt', 'le', 'ne', 'co'), literal)
  .map(([path, operator, value]) => `${path} ${operator} ${JSON.stringify(value)}`);
const filter = fc.oneof(
  { weight: 3, arbitrary: comparison },
  fc
    .tuple(comparison, fc.constantFrom('and', 'or'), comparison)
    .map(([left, word, right]) => `${left} ${word} ${right}`),
  comparison.map((inner) => `emails[type eq "work" and ${inner.replace(/^\S+/, 'value')}]`),
);

describe('a filter that an index serves', () => {
  let context: DirectoryContext;

  beforeAll(async () => {
    context = await createContext(await createTestTable(), { deadlineSeconds: 300 });
    const names = new Set<string>();
    for (const [n, text] of [...texts, ...cutTexts, '\u{10FFFF}\u{10FFFF}x'].entries()) {
      const folded = text.normalize('NFC').toUpperCase().toLowerCase();
      await addUser(context, names.has(folded) ? `${n}` : text, {
        ...(n % 3 === 0 ? {} : { externalId: cutTexts[n % 5] ?? texts[(n * 5) % texts.length] ?? '' }),
        emails: [
          { type: 'work', value: texts[(n * 3) % texts.length] ?? '' },
          { type: 'home', value: texts[(n * 7) % texts.length] ?? '' },
        ],
        ...(n % 2 === 0 ? {} : { [ENTERPRISE_USER_SCHEMA]: { employeeNumber: text } }),
      });
      names.add(folded);
    }
  }, 120_000);

  it('finds what looking at every resource finds, by index and by cursor', async () => {
    await fc.assert(
      fc.asyncProperty(filter, fc.integer({ min: 1, max: 60 }), async (text, count) => {
        // A `not` is served by no index.
        const scanned = await askList(context, { filter: `not (not (${text}))` });
        const served = await askList(context, { filter: text });
        expect(idsOf(served)).toEqual(idsOf(scanned));
        expect(served.totalResults).toBe(scanned.totalResults);
        expect(await walkList(context, { filter: text, count: String(count) })).toEqual(idsOf(scanned));
      }),
      { numRuns: tableKind === 'sqlite' ? 300 : 30 },
    );
  });

  it.each([
    ...['lt', 'le', 'gt', 'ge'].flatMap((operator) =>
      [' ', '!', '"', '#', '$', '%', 'y', 'z'].flatMap((end) => [
        `userName ${operator} ${JSON.stringify(`${KEPT}${end}`)}`,
        `externalId ${operator} ${JSON.stringify(`${KEPT}${end}`)}`,
      ]),
    ),
    `userName sw ${JSON.stringify(`${KEPT}${'$'}`)}`,
    `userName sw ${JSON.stringify(KEPT.slice(1))}`,
    'userName sw "\u{10FFFF}"',
    'userName ge "\u{10FFFF}"',
  ])('finds at the edges of what a key holds whatever there is: %s', async (text) => {
    const scanned = await askList(context, { filter: `not (not (${text}))` });
    expect(idsOf(await askList(context, { filter: text }))).toEqual(idsOf(scanned));
  });

  it.each([
    'userName sw "B."',
    'userName ge "b" and userName lt "c"',
    'externalId sw "SS"',
    'emails.value sw "ss"',
    'emails[value sw "B." and type eq "work"]',
    `${ENTERPRISE_USER_SCHEMA}:employeeNumber ge "~"`,
  ])('reads no range of all resources: %s', async (text) => {
    const log = new CallLog();
    const { resources } = await askList({ ...context, table: context.table.withMeter(log) }, { filter: text });
    // One read of the index, and the resources that it names.
    expect(log.calls[0]?.operation).toBe('query');
    expect(log.calls.slice(1).every(({ operation }) => operation === 'get' || operation === 'getMany')).toBe(true);
    expect(log.calls.length).toBeLessThanOrEqual(2);
    expect(resources.length).toBeLessThan(texts.length);
  });
});
