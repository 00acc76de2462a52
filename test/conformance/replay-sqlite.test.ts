import { describe } from 'vitest';
import { replayVariants, SMALL_REPLAY } from '../helpers/replays.ts';
import { describeReplays } from './describe-replays.ts';

// Each mapping whole, with both dialects by turns; and once more with one of them alone, which leaves other traces.
describe('npm run replay against npm start, on SQLite', () => {
  const oneDialect = replayVariants(['unflagged', 'flagged']).filter(({ args }) => args.includes('entra'));
  describeReplays(
    [...replayVariants(['both']), ...oneDialect.map((variant) => ({ ...variant, size: SMALL_REPLAY }))],
    () => [],
  );
});
