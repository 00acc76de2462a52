import * as z from 'zod';
import { OperationRefusedError } from './operation.ts';

/** How far a job of several calls has come: one of its stages, and a position in it. */
export interface Cursor {
  readonly stage: string;
  readonly after: string | undefined;
}

const CursorSchema = z.tuple([z.string(), z.string().optional()]);

/** As text that a client hands back unread. */
export function toCursor({ stage, after }: Cursor): string {
  const parts = after === undefined ? [stage] : [stage, after];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws {@link OperationRefusedError} `invalid` where the text is none of {@link toCursor}'s */
export function parseCursor(text: string | undefined, stages: readonly string[]): Cursor | undefined {
  if (text === undefined) return undefined;
  const { success, data } = CursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!success || !stages.includes(data[0]) || data[1] === '') {
    throw new OperationRefusedError('invalid', 'after is no position of this list: give the "next" of an answer');
  }
  return { stage: data[0], after: data[1] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
