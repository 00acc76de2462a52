import { describe, inject } from 'vitest';
import { replayVariants } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

// DynamoDB Local takes about five times as long as SQLite, on which every variant is played whole: here Entra's usual one
// is, the dialects by turns, and the others are played small.
describe('npm run replay against npm start, on DynamoDB Local', () => {
  const [usual, ...others] = replayVariants(['both']);
  const args = () => ['--dynamodb', inject('dynamodbUrl')];
  describeReplays(usual === undefined ? [] : [usual], args);
  describeReplays(others, args, { users: 250, groups: 10, cycles: 2 });
});
