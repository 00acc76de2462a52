import { describe, expect, it } from 'vitest';
import { resolvePathText } from '../../../scim/attribute-presence.ts';
import { differingAttributes, withDefaults, withValuesOf } from '../../../scim/keep-attributes.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';

const { User } = createResourceSchemas();
const places = (...paths: readonly string[]) => paths.map((path) => resolvePathText(User, path));
const isExtension = (name: string) => name === ENTERPRISE_USER_SCHEMA;

describe('withValuesOf', () => {
  it('takes the places from the source, all else as it is', () => {
    const attributes = { userName: 'ada', title: 'Pupil', name: { givenName: 'Ada', middleName: 'X' } };
    const source = { userName: 'bob', title: 'Countess', name: { middleName: 'King' } };
    expect(withValuesOf(places('title', 'name.middleName'), attributes, source)).toEqual({
      userName: 'ada',
      title: 'Countess',
      name: { givenName: 'Ada', middleName: 'King' },
    });
  });

  it('leaves nothing behind where the source has nothing', () => {
    const attributes = { title: 'x', name: { middleName: 'y' }, [ENTERPRISE_USER_SCHEMA]: { costCenter: 'z' } };
    const paths = places('title', 'name.middleName', `${ENTERPRISE_USER_SCHEMA}:costCenter`);
    expect(withValuesOf(paths, attributes, {})).toEqual({});
  });

  it('gives back the very object where nothing changes', () => {
    const attributes = { title: 'x' };
    expect(withValuesOf(places('title', 'nickName'), attributes, { title: 'x' })).toBe(attributes);
    expect(withValuesOf([], attributes, {})).toBe(attributes);
  });
});

describe('withDefaults', () => {
  it('fills in whole attributes, and single ones of an extension', () => {
    const attributes = { name: { givenName: 'Ada' }, [ENTERPRISE_USER_SCHEMA]: { division: 'Abroad' } };
    const defaults = {
      locale: 'en',
      name: { familyName: 'Doe' },
      [ENTERPRISE_USER_SCHEMA]: { division: 'Home', organization: 'Acme' },
    };
    expect(withDefaults(attributes, defaults, isExtension)).toEqual({
      locale: 'en',
      name: { givenName: 'Ada' },
      [ENTERPRISE_USER_SCHEMA]: { division: 'Abroad', organization: 'Acme' },
    });
  });

  it('takes false for a value', () => {
    expect(withDefaults({ active: false }, { active: true }, isExtension)).toEqual({ active: false });
  });
});

describe('differingAttributes', () => {
  it('names what differs, in an extension by its URN', () => {
    const left = { title: 'x', userName: 'ada', [ENTERPRISE_USER_SCHEMA]: { costCenter: '1', division: 'a' } };
    const right = { nickName: 'y', userName: 'ada', [ENTERPRISE_USER_SCHEMA]: { costCenter: '2', division: 'a' } };
    expect(differingAttributes(left, right, isExtension)).toEqual([
      'title',
      `${ENTERPRISE_USER_SCHEMA}:costCenter`,
      'nickName',
    ]);
  });
});
