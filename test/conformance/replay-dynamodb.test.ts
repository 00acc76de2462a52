import { describe, inject } from 'vitest';
import { replayVariants, SMALL_REPLAY } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

// DynamoDB Local takes about five times as long as SQLite, on which every variant is played whole: here Entra's usual one
// is, the dialects by turns, and the others are played small.
describe('npm run replay against npm start, on DynamoDB Local', () => {
  const variants = replayVariants(['both']).map((variant, n) =>
    n === 0 ? variant : { ...variant, size: SMALL_REPLAY },
  );
  describeReplays(variants, () => ['--dynamodb', inject('dynamodbUrl')]);
});
