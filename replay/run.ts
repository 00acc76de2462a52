import { setTimeout as sleep } from 'node:timers/promises';
import { playEntra } from './entra/run.ts';
import { compareFinalState, type FinalState } from './final-state.ts';
import { RunStoppedError } from './http/faults.ts';
import { ScimClient, type Wait } from './http/scim-client.ts';
import { ScimDirectory } from './http/scim-directory.ts';
import type { SentAction } from './http/sent-action.ts';
import { FileToken, fixedToken, type TokenSource } from './http/token.ts';
import { Links } from './links.ts';
import { getMapping, oktaMapping } from './mapping/mapping.ts';
import { playOkta } from './okta/run.ts';
import type { ReplayOptions } from './options.ts';
import { readOwn, removeOwn } from './own-resources.ts';
import type { Play } from './play.ts';
import type { Progress } from './progress.ts';
import { Random } from './random.ts';
import { Recorder } from './report/recorder.ts';
import { createReport, type Report } from './report/report.ts';
import { Upstream } from './upstream/upstream.ts';

/** What a run is given besides its options. */
export interface Surroundings {
  /** Names the run where `--seed` does not. */
  readonly seed: string;
  /** Ends the run early, with the report so far. */
  readonly signal: AbortSignal;
  readonly createProgress: (errors: () => number) => Progress;
  /** Told of every request with `--verbose`. */
  readonly trace: (line: string) => void;
  /** Told of every request for users and groups. Default: nobody is. */
  readonly note?: (action: SentAction) => void;
  /** Waits before a request is sent again. Default: as long as it is told. */
  readonly wait?: Wait;
}

/** Plays the run, compares the final state, cleans up, and reports. Wrong answers are in the report, never thrown. */
export async function runReplay(options: ReplayOptions, surroundings: Surroundings): Promise<Report> {
  const started = performance.now();
  const seed = options.seed ?? surroundings.seed;
  const recorder = new Recorder();
  const play = createPlay(options, seed, recorder, surroundings);
  let finalState: FinalState | undefined;
  let stopped: RunStoppedError | undefined;
  let isClean = false;
  try {
    await removeOwn(play, 'prepare', await readOwn(play, 'prepare'));
    if (!options.clean) {
      await playClient(play, options);
      finalState = await compareFinalState(play);
    }
    if (!options.clean && !options.keep) await removeOwn(play, 'clean up', await readOwn(play, 'clean up'));
    isClean = !options.keep;
  } catch (error) {
    if (!(error instanceof RunStoppedError)) throw error;
    stopped = error;
  } finally {
    play.progress.end();
  }
  const { links } = play;
  return createReport(recorder, {
    tenantUrl: options.tenantUrl.base,
    client: options.client,
    variant: variantOf(options),
    seed,
    stopped: stopped?.reason,
    stoppedBecause: stopped?.message,
    finalState,
    left: isClean ? { users: 0, groups: 0 } : { users: links.users.size, groups: links.groups.size },
    milliseconds: performance.now() - started,
  });
}

function createPlay(options: ReplayOptions, seed: string, recorder: Recorder, surroundings: Surroundings): Play {
  const isEntra = options.client === 'entra';
  const random = new Random(seed);
  const client = new ScimClient({
    tenantUrl: options.tenantUrl,
    token: toTokenSource(options),
    recorder,
    contentType: isEntra ? 'application/scim+json' : 'application/json',
    accept: isEntra ? 'application/scim+json' : 'application/scim+json; charset=utf-8',
    concurrency: options.concurrency,
    timeoutSeconds: options.timeout,
    blank: isEntra ? '%20' : '+',
    signal: surroundings.signal,
    trace: surroundings.trace,
    note: surroundings.note ?? (() => undefined),
    wait: surroundings.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal })),
  });
  const upstream = new Upstream(seed, random.fork('upstream'));
  upstream.populate(options.users, options.groups);
  return {
    directory: new ScimDirectory(client, recorder),
    recorder,
    progress: surroundings.createProgress(() => recorder.faultCount),
    upstream,
    links: new Links(),
    mapping: isEntra ? getMapping(options.mapping ?? 'default') : oktaMapping,
    random,
    concurrency: options.concurrency,
  };
}

function toTokenSource({ token, tokenFile }: ReplayOptions): TokenSource {
  if (tokenFile !== undefined) return new FileToken(tokenFile, () => performance.now());
  return fixedToken(token ?? '');
}

async function playClient(play: Play, options: ReplayOptions): Promise<void> {
  const { client, cycles, dialect, flavour, passwords } = options;
  if (client === 'entra') await playEntra(play, cycles, dialect ?? 'both');
  else await playOkta(play, cycles, { flavour: flavour ?? 'patch', passwords });
}

function variantOf({ client, mapping, dialect, flavour }: ReplayOptions): string {
  return client === 'entra'
    ? `mapping ${mapping ?? 'default'}, dialect ${dialect ?? 'both'}`
    : `flavour ${flavour ?? 'patch'}`;
}
