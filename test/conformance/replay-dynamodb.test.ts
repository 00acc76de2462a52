import { describe, inject } from 'vitest';
import { replayVariants } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

const SMALL = { users: 250, groups: 10, cycles: 2 };

// DynamoDB Local takes about five times as long as SQLite, on which every variant is played whole: here Entra's usual one
// is, the dialects by turns, and the others are played small.
describe('npm run replay against npm start, on DynamoDB Local', () => {
  const variants = replayVariants(['both']).map((variant, n) => (n === 0 ? variant : { ...variant, size: SMALL }));
  describeReplays(variants, () => ['--dynamodb', inject('dynamodbUrl')]);
});
