import { CommanderError } from 'commander';

/** What the program ends with; `docs/cli.md` tells them. */
export const exitCodes = {
  done: 0,
  /** What was asked for could not be done, or a check found something wrong. */
  failed: 1,
  /** The command line is not one that can be run. */
  usage: 2,
  /** The deployment or the local run cannot be reached, or does not take the credentials. */
  unreachable: 3,
  /** The user did not confirm. */
  notConfirmed: 4,
  interrupted: 130,
} as const;

export interface CliErrorOptions extends ErrorOptions {
  /** What to do about it; a sentence or several lines. */
  readonly advice?: string;
  readonly exitCode?: number;
}

/** What the user is told: what was wrong, what was expected, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly advice: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { advice, exitCode = exitCodes.failed, ...options }: CliErrorOptions = {}) {
    super(message, options);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

export interface Failure {
  /** For standard error; empty where it was told already. */
  readonly text: string;
  readonly exitCode: number;
}

/** Never a stack trace: what went wrong inside is told by its message. */
export function explainFailure(error: unknown): Failure {
  // commander has printed the message, or the help that was asked for.
  if (error instanceof CommanderError) {
    return { text: '', exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage };
  }
  if (error instanceof CliError) {
    const advice = error.advice === undefined ? '' : `\n${error.advice}`;
    return { text: `error: ${error.message}${advice}`, exitCode: error.exitCode };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { text: 'interrupted', exitCode: exitCodes.interrupted };
  }
  return { text: `error: ${error instanceof Error ? error.message : String(error)}`, exitCode: exitCodes.failed };
}
