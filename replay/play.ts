import { RunStoppedError, UnusableAnswerError } from './http/faults.ts';
import type { ScimDirectory } from './http/scim-directory.ts';
import type { Links } from './links.ts';
import type { Mapping } from './mapping/mapping.ts';
import { forEachParallel } from './parallel.ts';
import type { Progress } from './progress.ts';
import type { Random } from './random.ts';
import type { Recorder } from './report/recorder.ts';
import type { Upstream } from './upstream/upstream.ts';

/** What every step of a run works with. */
export interface Play {
  readonly directory: ScimDirectory;
  readonly recorder: Recorder;
  readonly progress: Progress;
  readonly upstream: Upstream;
  readonly links: Links;
  readonly mapping: Mapping;
  readonly random: Random;
  /** Items of a step worked on at once. */
  readonly concurrency: number;
}

/** One step: the work for each item, several at once. An item whose answer is unusable is left, the others go on. */
export async function playEach<T>(
  play: Play,
  step: string,
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const all = [...items];
  if (all.length === 0) return;
  play.progress.begin(step, all.length);
  await forEachParallel(all, play.concurrency, async (item) => {
    await tolerate(() => work(item));
    play.progress.advance();
  });
}

/** One step of one piece of work. */
export async function playOnce(play: Play, step: string, work: () => Promise<void>): Promise<void> {
  play.progress.begin(step);
  await tolerate(work);
}

/** One step without which the rest makes no sense: an unusable answer ends the run. */
export async function playVital<T>(play: Play, step: string, work: () => Promise<T>): Promise<T> {
  play.progress.begin(step);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnusableAnswerError)) throw error;
    throw new RunStoppedError('unusable', `${step}: ${error.message}`, { cause: error });
  }
}

/** An unusable answer has been recorded by whoever met it; it ends the work on this item, not the run. */
async function tolerate(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UnusableAnswerError)) throw error;
  }
}
