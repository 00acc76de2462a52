import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { SentAction } from './http/sent-action.ts';

export interface ActionFile {
  readonly write: (action: SentAction) => void;
  readonly close: () => Promise<void>;
}

/** A file with one JSON object a line, which only its owner may read. @throws the system's error where it cannot be written. */
export async function openActionFile(path: string): Promise<ActionFile> {
  const file = createWriteStream(path, { mode: 0o600 });
  await once(file, 'open');
  return {
    write: (action) => {
      file.write(`${JSON.stringify(action)}\n`);
    },
    close: async () => {
      file.end();
      await once(file, 'finish');
    },
  };
}
