import { existsSync, readFileSync } from 'node:fs';
import { type DeploymentConfig, DeploymentConfigSchema } from './deployment-config.ts';
import { describeFaults } from './faults.ts';

/** The configuration cannot be used: the message names the file and everything that is wrong with it. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
}

/** Read where nothing else is asked for; the only one that may be missing. */
export const DEFAULT_CONFIG_PATH = 'scim-stack.config.json';

/**
 * Reads the deployment's configuration.
 *
 * @param path - Of the file; default {@link DEFAULT_CONFIG_PATH}, and the defaults where there is no such file.
 * @throws {@link InvalidConfigError}
 */
export function readDeploymentConfig(path: string | undefined): DeploymentConfig {
  if (path === undefined && !existsSync(DEFAULT_CONFIG_PATH)) return DeploymentConfigSchema.parse({});
  const file = path ?? DEFAULT_CONFIG_PATH;
  return parseDeploymentConfig(file, readText(file));
}

/** @param file - For messages. @throws {@link InvalidConfigError} */
export function parseDeploymentConfig(file: string, text: string): DeploymentConfig {
  const { success, data, error } = DeploymentConfigSchema.safeParse(parseJson(file, text));
  if (!success) throw new InvalidConfigError(`${file} is not a valid configuration:\n${describeFaults(error.issues)}`);
  return data;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InvalidConfigError(
      `cannot read the configuration ${file}: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    );
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidConfigError(`${file} is not valid JSON: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}
