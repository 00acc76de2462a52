import type { Command } from 'commander';
import type { Settings } from '../../lambda/contract/admin-messages.ts';
import { wholeNumber } from './arguments.ts';

/** A tenant's settings as options; what is not named is undefined. */
export interface SettingsOptions {
  readonly uniqueGroupNames?: boolean;
  readonly maxPageSize?: number;
  readonly maxMemberChanges?: number;
  readonly maxBulkOperations?: number;
  readonly maxBulkBytes?: number;
}

export function addSettingsOptions(command: Command): Command {
  return command
    .option('--unique-group-names', 'refuse a second group of the same displayName (as at first)')
    .option('--no-unique-group-names', 'allow it; cannot be changed once there are groups')
    .option('--max-page-size <n>', 'resources on a page of a list, at most', wholeNumber(1, 1_000))
    .option('--max-member-changes <n>', 'members that one request may add and remove, at most', wholeNumber(1, 10_000))
    .option('--max-bulk-operations <n>', 'operations in one bulk request, at most', wholeNumber(1, 2_000))
    .option('--max-bulk-bytes <n>', 'size of one bulk request, at most', wholeNumber(1_024, 4_194_304));
}

export function toSettings(options: SettingsOptions): Partial<Settings> {
  const { uniqueGroupNames, maxPageSize, maxMemberChanges, maxBulkOperations, maxBulkBytes } = options;
  return {
    ...(uniqueGroupNames === undefined ? {} : { uniqueGroupNames }),
    ...(maxPageSize === undefined ? {} : { maxPageSize }),
    ...(maxMemberChanges === undefined ? {} : { maxMemberChanges }),
    ...(maxBulkOperations === undefined ? {} : { maxBulkOperations }),
    ...(maxBulkBytes === undefined ? {} : { maxBulkBytes }),
  };
}
