import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** What the commands say and ask, so that a test can listen and answer. */
export interface Terminal {
  /** False where nobody can be asked: standard input is no terminal. */
  readonly isInteractive: boolean;
  /** The answer of the command: standard output. */
  print(text: string): void;
  /** All that is not the answer: standard error. */
  note(text: string): void;
  /** One line that tells how far a long command is; rewritten on a terminal, silent elsewhere. */
  progress(text: string): void;
  /** Takes the line of progress away. */
  endProgress(): void;
  ask(question: string): Promise<string>;
  /** As {@link ask}, but shows nothing of the answer. */
  askSecret(question: string): Promise<string>;
  /** All of standard input. */
  readInput(): Promise<string>;
}

/** The part of a stream that is written to. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: Output;
  readonly errors: Output & NodeJS.WritableStream;
}

const CLEAR_LINE = '\r\u001b[K';

/** The terminal of a person, or the pipes of a program. Questions go to standard error, so that answers can be piped. */
export function createTerminal({ input, output, errors }: TerminalStreams): Terminal {
  const showsProgress = errors.isTTY === true;
  let isProgressShown = false;
  const endProgress = (): void => {
    if (isProgressShown) errors.write(CLEAR_LINE);
    isProgressShown = false;
  };
  return {
    isInteractive: input.isTTY === true && errors.isTTY === true,
    print(text) {
      endProgress();
      output.write(text);
    },
    note(text) {
      endProgress();
      errors.write(text);
    },
    progress(text) {
      if (!showsProgress) return;
      errors.write(`${CLEAR_LINE}${text.slice(0, (errors.columns ?? 80) - 1)}`);
      isProgressShown = true;
    },
    endProgress,
    async ask(question) {
      endProgress();
      return await askLine(question, input, errors);
    },
    async askSecret(question) {
      endProgress();
      errors.write(question);
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const answer = await askLine('', input, nowhere);
      errors.write('\n');
      return answer;
    },
    async readInput() {
      let text = '';
      for await (const chunk of input) text += String(chunk);
      return text;
    },
  };
}

/** The empty answer where the input ends without one. @throws AbortError on Ctrl-C. */
async function askLine(question: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  try {
    return await new Promise((resolve, reject) => {
      lines.once('SIGINT', () => reject(new DOMException('interrupted', 'AbortError')));
      lines.once('close', () => resolve(''));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}
