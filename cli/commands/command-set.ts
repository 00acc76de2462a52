import type { Command } from 'commander';
import type { Session } from '../session.ts';

/** Makes the session of a command that was called. */
export type OpenSession = (command: Command) => Session;

/** Adds commands to the program. */
export type CommandSet = (program: Command, open: OpenSession, now: () => Date) => void;

/** The examples at the end of a command's help. */
export function toExamples(...examples: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, what]) => `  scim-stack ${command.padEnd(width)}  ${what}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
