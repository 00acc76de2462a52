import { describe, inject } from 'vitest';
import { replayVariants } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

// DynamoDB Local takes about five times as long as SQLite, hence the dialects by turns.
describe('npm run replay against npm start, on DynamoDB Local', () => {
  describeReplays(replayVariants(['both']), () => ['--dynamodb', inject('dynamodbUrl')]);
});
