import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../../../scim/patch/parse.ts';
import { ACME_SCHEMA, acmeUserSchema } from '../../../helpers/acme-extension.ts';

function patch(data: JsonObject, ...operations: JsonValue[]): JsonValue | undefined {
  const body = { schemas: [PATCH_OP_SCHEMA], Operations: operations };
  const before = { userName: 'a', [ACME_SCHEMA]: data };
  return applyPatch(acmeUserSchema, before, parsePatchBody(acmeUserSchema, body), 'u1').attributes[ACME_SCHEMA];
}

const refusal = (scimType: string, detail: string) =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

describe('a PATCH of the attributes of a custom extension', () => {
  it('assigns an immutable attribute once', () => {
    const assign = (op: string, value: JsonValue) => ({ op, path: `${ACME_SCHEMA}:badge`, value });
    expect(patch({ level: 1 }, assign('add', 'b1'))).toEqual({ level: 1, badge: 'b1' });
    expect(patch({ badge: 'b1' }, assign('replace', 'b1'))).toEqual({ badge: 'b1' });
    for (const operation of [assign('add', 'b2'), assign('replace', ''), { op: 'remove', path: 'badge' }]) {
      expect(() => patch({ badge: 'b1' }, operation)).toThrow(
        refusal('mutability', `${ACME_SCHEMA}:badge is immutable`),
      );
    }
  });

  it('lets an immutable list be filled once', () => {
    expect(patch({ level: 1 }, { op: 'add', path: 'grants', value: ['a'] })).toEqual({ level: 1, grants: ['a'] });
    for (const operation of [
      { op: 'add', path: 'grants', value: ['b'] },
      { op: 'remove', path: 'grants[value eq "a"]' },
      { op: 'remove', path: 'grants', value: ['a'] },
    ]) {
      expect(() => patch({ grants: ['a'] }, operation)).toThrow(refusal('mutability', 'grants is immutable'));
    }
  });

  it('keeps what is immutable of a value that is replaced', () => {
    const before = { devices: [{ serial: 's1', model: 'm1', ports: ['p'] }] };
    const replace = (value: JsonValue) => patch(before, { op: 'replace', path: 'devices[model eq "m1"]', value });
    expect(replace({ model: 'm2' })).toEqual({ devices: [{ serial: 's1', model: 'm2' }] });
    expect(() => replace({ serial: 's2' })).toThrow(refusal('mutability', 'devices.serial is immutable'));
    expect(() => patch(before, { op: 'remove', path: 'devices[model eq "m1"].serial' })).toThrow(
      refusal('mutability', 'devices.serial is immutable'),
    );
  });

  it('refuses to take what a value requires', () => {
    const before = { devices: [{ serial: 's1', model: 'm1' }] };
    expect(() => patch(before, { op: 'remove', path: 'devices[serial eq "s1"].model' })).toThrow(
      refusal('mutability', 'devices.model is required'),
    );
    expect(() => patch({ desk: { floor: 1, room: 'r' } }, { op: 'remove', path: 'desk.floor' })).toThrow(
      refusal('mutability', 'desk.floor is required'),
    );
  });

  it('builds a value whose required part comes last, and refuses one without', () => {
    const serial = { op: 'add', path: 'devices[serial eq "s1"].ports', value: 'p' };
    const model = { op: 'add', path: 'devices[serial eq "s1"].model', value: 'm' };
    expect(patch({ level: 1 }, serial, model)).toEqual({
      level: 1,
      devices: [{ serial: 's1', ports: ['p'], model: 'm' }],
    });
    expect(() => patch({ level: 1 }, serial)).toThrow(refusal('invalidValue', 'devices.model is required'));
  });

  it('adds to, replaces and removes simple values', () => {
    const before = { tags: ['a', 'b'] };
    const tags = (operation: JsonValue) => patch(before, operation);
    expect(tags({ op: 'add', path: 'tags', value: ['B', 'c'] })).toEqual({ tags: ['a', 'b', 'c'] });
    expect(tags({ op: 'add', path: 'tags', value: 'c' })).toEqual({ tags: ['a', 'b', 'c'] });
    expect(tags({ op: 'replace', path: 'tags', value: 'c' })).toEqual({ tags: ['c'] });
    expect(tags({ op: 'remove', path: 'tags', value: ['A'] })).toEqual({ tags: ['b'] });
    expect(tags({ op: 'remove', path: 'tags', value: '' })).toBeUndefined();
    expect(tags({ op: 'remove', path: 'tags[value eq "a"]' })).toEqual({ tags: ['b'] });
    expect(tags({ op: 'replace', path: 'tags[value eq "a"]', value: 'c' })).toEqual({ tags: ['c', 'b'] });
    expect(tags({ op: 'add', path: 'tags[value eq "a"]', value: 'c' })).toEqual({ tags: ['c', 'b'] });
    expect(() => tags({ op: 'add', path: 'tags[value eq "x"]', value: 'c' })).toThrow(refusal('noTarget', 'tags'));
  });

  it('adds to and replaces the values of a multi-valued sub-attribute', () => {
    const before = { devices: [{ serial: 's1', model: 'm', ports: ['p'] }] };
    const ports = (op: string, value: JsonValue) => patch(before, { op, path: 'devices[serial eq "s1"].ports', value });
    expect(ports('add', 'q')).toEqual({ devices: [{ serial: 's1', model: 'm', ports: ['p', 'q'] }] });
    expect(ports('add', ['q'])).toEqual({ devices: [{ serial: 's1', model: 'm', ports: ['p', 'q'] }] });
    expect(ports('replace', 'q')).toEqual({ devices: [{ serial: 's1', model: 'm', ports: ['q'] }] });
    expect(ports('add', [])).toEqual(before);
    expect(ports('replace', [])).toEqual({ devices: [{ serial: 's1', model: 'm' }] });
  });

  it('adds no value without value twice', () => {
    const before = { devices: [{ serial: 's1', model: 'm', ports: ['p'] }] };
    const add = (value: JsonValue) => patch(before, { op: 'add', path: 'devices', value });
    expect(add({ model: 'M', serial: 'S1', ports: ['p'] })).toEqual(before);
    expect(add({ model: 'm', serial: 's1', ports: ['q'] })).toEqual({
      devices: [...before.devices, { model: 'm', serial: 's1', ports: ['q'] }],
    });
  });

  it('checks and drops what is only written', () => {
    const before = { devices: [{ serial: 's1', model: 'm' }] };
    expect(patch(before, { op: 'replace', path: 'pin', value: '1' })).toEqual(before);
    expect(patch(before, { op: 'add', path: 'devices.code', value: '1' })).toEqual(before);
    expect(() => patch(before, { op: 'replace', path: 'pin', value: 1 })).toThrow(
      refusal('invalidValue', `${ACME_SCHEMA}:pin: expected a string, got a number`),
    );
  });

  it('removes the values that a client lists, by all that it says of them', () => {
    const before = {
      devices: [
        { serial: 's1', model: 'm' },
        { serial: 's2', model: 'm' },
      ],
    };
    const value = [{ serial: 's1', model: 'm', ports: ['p'] }];
    expect(patch(before, { op: 'Remove', path: 'devices', value })).toEqual({ devices: [before.devices[1]] });
    expect(patch(before, { op: 'Remove', path: 'devices', value: [{ ports: ['p'] }] })).toEqual(before);
  });

  it('refuses to change what only the service says, and ignores it in a set of attributes', () => {
    expect(() => patch({ level: 1 }, { op: 'replace', path: 'origin', value: 'x' })).toThrow(
      refusal('mutability', `${ACME_SCHEMA}:origin is read-only`),
    );
    expect(patch({ level: 1 }, { op: 'remove', path: ACME_SCHEMA })).toBeUndefined();
  });
});
