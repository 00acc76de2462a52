import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import vitestConfig from '../../../../vitest.config.ts';
import { projectRoot } from '../../../helpers/processes.ts';
import { parts, selectParts, UnknownPartError } from '../../../runner/parts.ts';

describe('parts', () => {
  it('has every project of vitest.config.ts, and no other', () => {
    const projects = vitestConfig.test?.projects?.map((project) =>
      typeof project === 'object' && 'test' in project ? project.test?.name : project,
    );
    const names = parts.filter(({ kind }) => kind === 'tests').map(({ name }) => name);
    expect(names.sort()).toEqual(projects?.sort());
  });

  it('has a script in package.json for every gate', async () => {
    const { scripts } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
    const gates = parts.filter(({ kind }) => kind === 'gate').map(({ name }) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(gates));
  });
});

describe('selectParts', () => {
  const namesOf = (...names: readonly string[]) => selectParts(names).map(({ name }) => name);

  it('takes all parts when none is named', () => {
    expect(namesOf()).toEqual(parts.map(({ name }) => name));
  });

  it('takes the named ones, in the order in which they run', () => {
    expect(namesOf('infra', 'unit')).toEqual(['unit', 'infra']);
  });

  it('takes all gates, or all tests, at a word', () => {
    expect(namesOf('gates')).toEqual(['lint', 'types', 'boundaries', 'unused', 'synth']);
    expect(namesOf('gates', 'tests')).toEqual(parts.map(({ name }) => name));
  });

  it('refuses a name that it does not know', () => {
    expect(() => selectParts(['unit', 'untit'])).toThrow(UnknownPartError);
    expect(() => selectParts(['unit', 'untit'])).toThrow(/^no part is called untit; there are .*unit/u);
  });
});
