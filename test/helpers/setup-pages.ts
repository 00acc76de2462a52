import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './processes.ts';

const folder = join(projectRoot, 'docs', 'setup');

/** A page of `docs/setup/`: what an administrator is told to set. */
export interface SetupPage {
  readonly name: string;
  /** The options of each replay that the page names. */
  readonly replays: readonly (readonly string[])[];
  /** The rows of its table of users' attributes; none where the page refers to another's. */
  readonly attributes: readonly MappedAttribute[];
}

export interface MappedAttribute {
  readonly source: string;
  /** Path of the SCIM attribute. */
  readonly target: string;
  /** Its matching precedence; undefined where nothing is matched by it. */
  readonly matching: number | undefined;
}

/** Every page that tells of attributes: all but the one that says what they have in common. */
export async function readSetupPages(): Promise<readonly SetupPage[]> {
  const names = (await readdir(folder)).filter((name) => name !== 'entra.md').sort();
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      return { name, replays: replaysIn(text), attributes: attributesIn(text) };
    }),
  );
}

function replaysIn(text: string): string[][] {
  const sentence = /Replay:.*/u.exec(text)?.[0] ?? '';
  return [...sentence.matchAll(/`(--[^`]+)`/gu)].map(([, options = '']) => options.split(' '));
}

/** The first table that has a column of SCIM attributes. */
function attributesIn(text: string): MappedAttribute[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && line.includes('SCIM attribute'));
  if (start === -1) return [];
  const end = lines.findIndex((line, n) => n > start && !line.startsWith('|'));
  const [heading = [], , ...rows] = lines.slice(start, end).map(toCells);
  const cellOf = (row: readonly string[], column: string) => row[heading.indexOf(column)] ?? '';
  return rows.map((row) => ({
    source: row[0] ?? '',
    target: cellOf(row, 'SCIM attribute').replaceAll('`', ''),
    matching: cellOf(row, 'matching') === '' ? undefined : Number(cellOf(row, 'matching')),
  }));
}

function toCells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
