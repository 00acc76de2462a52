import { describe, inject } from 'vitest';
import { type ReplaySize, replayVariants } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

const SMALLER: ReplaySize = { users: 100, groups: 5, cycles: 2 };

// DynamoDB Local takes about five times as long as SQLite, on which every variant is played whole: here Entra's usual one
// is, the dialects by turns, and the others are played small.
describe('npm run replay against npm start, on DynamoDB Local', () => {
  const variants = replayVariants(['both']).map((variant, n) => (n === 0 ? variant : { ...variant, size: SMALLER }));
  describeReplays(variants, () => ['--dynamodb', inject('dynamodbUrl')]);
});
