import { CommandFailedError } from './run-command.ts';

/** Says why the stacks could not be deployed; of a command that failed, the last lines that it wrote. */
export function explainFailure(error: unknown): string {
  if (error instanceof CommandFailedError) return error.message;
  return error instanceof Error ? `scim-stack cannot be deployed here: ${error.message}` : String(error);
}
