import type { JsonValue } from '../json.ts';
import type { PatchOperation } from '../patch/types.ts';

/** One operation of a PATCH as a client sends it: its path is still text, its value in the client's own manner. */
export interface ClientOperation {
  readonly op: PatchOperation['op'];
  readonly path: string | undefined;
  readonly value: JsonValue | undefined;
}
