import { describe } from 'vitest';
import { replayVariants } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

describe('npm run replay against npm start, on SQLite', () => {
  describeReplays(replayVariants(['unflagged', 'flagged', 'both']), () => []);
});
