import { type Command, InvalidArgumentError } from 'commander';
import { type Settings, SettingsSchema, STANDARD_REQUIRED_ATTRIBUTES } from '../../lambda/contract/admin-messages.ts';
import { wholeNumber } from './arguments.ts';

/** A tenant's settings as options; what is not named is undefined. */
export interface SettingsOptions extends Partial<Omit<Settings, 'deleteAfterDeactivatedDays'>> {
  readonly deleteAfterDeactivatedDays?: number | 'never';
}

const MAX_DAYS = 3_650;

export function addSettingsOptions(command: Command): Command {
  return command
    .option('--unique-group-names', 'refuse a second group of the same displayName (as at first)')
    .option('--no-unique-group-names', 'allow it; cannot be changed once there are groups')
    .option('--max-page-size <n>', 'resources on a page of a list, at most', wholeNumber(1, 1_000))
    .option('--max-member-changes <n>', 'members that one request may add and remove, at most', wholeNumber(1, 10_000))
    .option('--max-bulk-operations <n>', 'operations in one bulk request, at most', wholeNumber(1, 2_000))
    .option('--max-bulk-bytes <n>', 'size of one bulk request, at most', wholeNumber(1_024, 4_194_304))
    .option(
      '--retention-days <n>',
      'for how long a deleted user can be restored (at first: 30)',
      wholeNumber(1, MAX_DAYS),
    )
    .option(
      '--delete-after-deactivated-days <n>',
      'delete users who have been deactivated for so long, or "never" (as at first)',
      daysOrNever,
    )
    .option(
      '--returning-users <how>',
      '"create" a new user for whoever returns (as at first), or "relink": the same one again',
      choice(['create', 'relink']),
    )
    .option('--required-attributes <paths>', 'a,b; "standard", or "none" (as at first)', requiredPaths)
    .option(
      '--inactive-on-create <how>',
      '"accept" new users who are not active (as at first), or "refuse"',
      choice(['accept', 'refuse']),
    )
    .option('--create-defaults <json>', 'what new users have unless told otherwise: \'{"timezone":"Etc/UTC"}\'', toJson)
    .option(
      '--locally-owned <paths>',
      'a,b: what the application writes and identity providers don\'t; or "none"',
      paths,
    )
    .option('--event-attributes <paths>', 'a,b: whose values events carry; "*" for all, or "none"', paths);
}

export function toSettings({ deleteAfterDeactivatedDays: days, ...options }: SettingsOptions): Partial<Settings> {
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(SettingsSchema.shape, name));
  return {
    ...Object.fromEntries(known),
    ...(days === undefined ? {} : { deleteAfterDeactivatedDays: days === 'never' ? null : days }),
  };
}

function daysOrNever(text: string): number | 'never' {
  return text === 'never' ? text : wholeNumber(1, MAX_DAYS)(text);
}

function choice<Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`Expected ${words.join(' or ')}.`);
  };
}

function requiredPaths(text: string): string[] {
  return text === 'standard' ? [...STANDARD_REQUIRED_ATTRIBUTES] : paths(text);
}

/** Divides at commas, but not at those in the brackets or quotes of a value path. */
function paths(text: string): string[] {
  if (text === 'none') return [];
  const found = text.match(/(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,])+/g) ?? [];
  return found.map((path) => path.trim()).filter((path) => path !== '');
}

function toJson(text: string): Settings['createDefaults'] {
  try {
    const { success, data } = SettingsSchema.shape.createDefaults.safeParse(JSON.parse(text));
    if (success) return data;
  } catch {
    // As below.
  }
  throw new InvalidArgumentError('Expected an object of attributes in JSON.');
}
