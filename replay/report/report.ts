import type { FinalState } from '../final-state.ts';
import type { FaultSummary, LatencySummary, Recorder, RetrySummary } from './recorder.ts';

/** How the run ended. `failed`: an answer or the final state was wrong. */
export type Outcome = 'passed' | 'failed' | 'interrupted' | 'refused' | 'unreachable' | 'unusable';

/** What a run tells at its end; with `--json` this very object is printed. */
export interface Report {
  readonly outcome: Outcome;
  /** Why the run ended before its end. */
  readonly stoppedBecause: string | undefined;
  readonly tenantUrl: string;
  readonly client: string;
  /** Mapping and dialect, or flavour. */
  readonly variant: string;
  readonly seed: string;
  readonly seconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly latencies: readonly LatencySummary[];
  readonly retries: readonly RetrySummary[];
  readonly errorCount: number;
  readonly errors: readonly FaultSummary[];
  /** undefined: the run did not come that far. */
  readonly finalState: FinalState | undefined;
  /** Users and groups of the run that were left in the directory, as far as is known. */
  readonly left: { readonly users: number; readonly groups: number };
}

/** What is known of a run besides what its recorder holds. */
export interface RunEnd
  extends Pick<Report, 'tenantUrl' | 'client' | 'variant' | 'seed' | 'stoppedBecause' | 'finalState' | 'left'> {
  readonly stopped: Exclude<Outcome, 'passed' | 'failed'> | undefined;
  readonly milliseconds: number;
}

export function createReport(recorder: Recorder, { stopped, milliseconds, ...end }: RunEnd): Report {
  const isWrong = recorder.faultCount > 0 || (end.finalState?.differenceCount ?? 0) > 0;
  const seconds = milliseconds / 1000;
  return {
    outcome: stopped ?? (isWrong ? 'failed' : 'passed'),
    ...end,
    seconds: Math.round(seconds * 10) / 10,
    requests: recorder.requestCount,
    requestsPerSecond: seconds === 0 ? 0 : Math.round((recorder.requestCount / seconds) * 10) / 10,
    latencies: recorder.latencies().toSorted((left, right) => right.count - left.count),
    retries: recorder.retries(),
    errorCount: recorder.faultCount,
    errors: recorder.faults(),
  };
}

/** The process's exit status. */
export function toExitStatus({ outcome }: Report): number {
  if (outcome === 'passed') return 0;
  return outcome === 'interrupted' ? 130 : 1;
}
