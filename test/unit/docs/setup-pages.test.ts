import { describe, expect, it } from 'vitest';
import { getMapping, type Mapping, oktaMapping } from '../../../replay/mapping/mapping.ts';
import { MANAGER } from '../../../replay/mapping/target.ts';
import { parseOptions } from '../../../replay/options.ts';
import { Random } from '../../../replay/random.ts';
import { createPerson } from '../../../replay/upstream/person.ts';
import { readSetupPages } from '../../helpers/setup-pages.ts';

const pages = await readSetupPages();
const withTable = pages.filter(({ attributes }) => attributes.length > 0);

/** The attributes of Entra's that the replay's upstream calls otherwise. */
const renamed: Readonly<Record<string, string>> = {
  physicalDeliveryOfficeName: 'office',
  facsimileTelephoneNumber: 'fax',
};

function mappingOf(replay: readonly string[]): Mapping {
  const { client, mapping } = parseOptions(['--tenant-url', 'http://127.0.0.1/t', '--token', 'x', ...replay]);
  return client === 'okta' ? oktaMapping : getMapping(mapping ?? 'default');
}

describe('a page of docs/setup', () => {
  it('is there for each set-up', () => {
    expect(pages.map(({ name }) => name)).toEqual([
      'entra-default-mapping.md',
      'entra-gallery.md',
      'entra-mail-as-username.md',
      'entra-users-and-groups.md',
      'entra-users-only.md',
      'okta.md',
    ]);
    // The gallery's refers to the default mapping.
    expect(withTable).toHaveLength(pages.length - 1);
  });

  it.each(pages)('$name names the replay that plays it', ({ replays }) => {
    expect(replays.length).toBeGreaterThan(0);
  });

  it.each(withTable)('$name lists the very attributes that its replay writes', ({ replays, attributes }) => {
    for (const replay of replays) {
      const mapping = mappingOf(replay);
      const written = mapping.attributes.map(({ target }) => target.path);
      expect(attributes.map(({ target }) => target).sort()).toEqual(
        [...written, ...(mapping.manager ? [MANAGER] : [])].sort(),
      );
    }
  });

  it.each(withTable)('$name gives the matching precedence that its replay matches by', ({ replays, attributes }) => {
    const matching = attributes
      .flatMap(({ target, matching: precedence }) => (precedence === undefined ? [] : [{ target, precedence }]))
      .sort((left, right) => left.precedence - right.precedence);
    for (const replay of replays) {
      expect(matching.map(({ target }) => target)).toEqual(mappingOf(replay).matching.map(({ path }) => path));
    }
  });

  it.each(withTable.filter(({ name }) => name.startsWith('entra')))(
    '$name takes each attribute from where its replay takes it',
    ({ replays, attributes }) => {
      const person = completePerson();
      for (const { source, target } of attributes) {
        if (source === '' || target === MANAGER) continue;
        for (const replay of replays) {
          const mapped = mappingOf(replay).attributes.find(({ target: { path } }) => path === target);
          const value = new Map(Object.entries(person)).get(renamed[source] ?? source);
          expect({ target, value: mapped?.source(person) }).toEqual({ target, value });
        }
      }
    },
  );
});

/** A person of whom each detail is known, and told from the others. */
function completePerson() {
  const person = createPerson(0, 'abcdef', new Random('setup-pages'));
  const details = ['jobTitle', 'department', 'preferredLanguage', 'telephoneNumber', 'mobile', 'fax', 'office'];
  const address = ['streetAddress', 'city', 'state', 'postalCode', 'country'];
  const known = Object.fromEntries([...details, ...address].map((name) => [name, `the ${name}`]));
  return { ...person, ...known, userPrincipalName: 'ada@example.com' };
}
