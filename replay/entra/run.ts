import { type Dialect, otherDialect } from '../dialect/dialect.ts';
import { playDiscovery } from '../discovery.ts';
import { playPaging } from '../paging.ts';
import type { Play } from '../play.ts';
import { playConnectionTest } from './connection-test.ts';
import { playIncrementalCycle, playInitialCycle } from './cycles.ts';
import { playGalleryGroups } from './gallery-groups.ts';
import { playGalleryUsers } from './gallery-users.ts';
import { playOnDemand } from './on-demand.ts';
import { playRestartAndReset } from './restart.ts';

export type DialectChoice = Dialect | 'both';

/**
 * The life of a provisioning job of Entra's. With both dialects the flag comes and goes from one cycle to the next, and
 * what is provisioned on demand speaks the dialect that the job does not.
 */
export async function playEntra(play: Play, cycles: number, choice: DialectChoice): Promise<void> {
  const main: Dialect = choice === 'both' ? 'unflagged' : choice;
  const second = choice === 'both' ? otherDialect(main) : main;
  await playConnectionTest(play);
  await playDiscovery(play);
  await playInitialCycle(play, main);
  await playOnDemand(play, second);
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await playIncrementalCycle(play, cycle, cycle % 2 === 1 ? main : second);
  }
  for (const dialect of new Set([main, second])) {
    await playGalleryUsers(play, dialect);
    if (play.mapping.groups) await playGalleryGroups(play, dialect);
  }
  await playPaging(play, 5);
  await playRestartAndReset(play, main);
}
