import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';

/**
 * A JSON document that the user has written.
 *
 * @param file - `-` for standard input.
 * @param advice - Where there is an example, for whom it is no JSON.
 */
export async function readDocument({ terminal }: Session, file: string, advice: string): Promise<z.core.util.JSONType> {
  const text = file === '-' ? await terminal.readInput() : await readText(file);
  try {
    return z.json().parse(JSON.parse(text));
  } catch (cause) {
    const name = file === '-' ? 'standard input' : file;
    throw new CliError(`${name} is not JSON: ${messageOf(cause)}`, { advice, cause });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
