import { InvalidArgumentError } from 'commander';
import type * as z from 'zod';
import { NameSchema, ResourceTypeSchema } from '../../lambda/contract/admin-messages.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Connection } from '../session.ts';
import { parseTime } from '../text/times.ts';

/** A tenant's or an application's name. */
export function parseName(text: string): string {
  const { success, data } = NameSchema.safeParse(text);
  if (success) return data;
  throw new InvalidArgumentError('Expected a name of 1-40 lower-case letters, digits and hyphens.');
}

/** An application's name, or who acts where none does, such as `@operator`. */
export function parseActor(text: string): string {
  return text.startsWith('@') ? `@${parseName(text.slice(1))}` : parseName(text);
}

export type ResourceType = z.infer<typeof ResourceTypeSchema>;

/** `User` or `Group`, in any case. */
export function parseResourceType(text: string): ResourceType {
  const type = ResourceTypeSchema.options.find((option) => option.toLowerCase() === text.toLowerCase());
  if (type !== undefined) return type;
  throw new InvalidArgumentError(`Expected ${ResourceTypeSchema.options.join(' or ')}.`);
}

/** For an option that may be repeated: every value, in order. */
export function severalOf<T>(parse: (text: string) => T) {
  return (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parse(text)];
}

/** Reads a whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Reads a time, or how long ago it is; gives ISO 8601 in UTC. */
export function momentBefore(now: () => Date) {
  return (text: string): string => {
    const time = parseTime(text, now());
    if (time !== undefined) return time.toISOString();
    throw new InvalidArgumentError('Expected a date (2026-11-22, 2026-11-22T09:00:00Z) or an age (90m, 24h, 7d, 2w).');
  };
}

/**
 * The tenant that is meant, where it may be an argument or `--tenant`.
 *
 * @throws {@link CliError} where it is neither, or the two differ.
 */
export function chooseTenant(argument: string | undefined, option: string | undefined): string {
  const tenant = argument ?? option;
  if (tenant !== undefined && (option ?? tenant) === tenant) return tenant;
  throw new CliError(tenant === undefined ? 'name the tenant' : 'the argument and --tenant name two tenants', {
    advice: 'Name it once, such as acme, or --tenant acme.',
    exitCode: exitCodes.usage,
  });
}

/**
 * The application that is meant: the one that was asked for, or the only one of the tenant.
 *
 * @throws {@link CliError} that lists them, where none or several are meant.
 */
export async function chooseApplication(
  { api }: Connection,
  tenant: string,
  asked: string | undefined,
): Promise<string> {
  if (asked !== undefined) return asked;
  const { applications } = await api.call('listApplications', { path: { tenant } });
  const [only, ...others] = applications.map(({ name }) => name);
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new CliError(`the tenant ${tenant} has no application`, {
      advice: `Make one: scim-stack applications create ${tenant} <name>`,
    });
  }
  throw new CliError(`the tenant ${tenant} has several applications`, {
    advice: `Say which: ${[only, ...others].join(', ')}.`,
    exitCode: exitCodes.usage,
  });
}
