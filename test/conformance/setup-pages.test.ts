import { describe } from 'vitest';
import { readSetupPages } from '../helpers/setup-pages.ts';
import { describeReplays } from './describe-replays.ts';

const pages = await readSetupPages();
const variants = pages.flatMap(({ replays }) =>
  replays.map((args) => ({
    args,
    hasGroups: !args.join(' ').includes('--groups 0') && !args.includes('mail-objectid'),
  })),
);

describe('the replay that a page of docs/setup names, against npm start', () => {
  describeReplays(variants, () => [], { users: 60, groups: 5, cycles: 2 });
});
