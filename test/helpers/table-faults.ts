import {
  TableUnavailableError,
  TransactionConflictError,
  UnknownOutcomeError,
} from '../../directory/store/table-errors.ts';
import { createSeededRandom } from './seeded-random.ts';

/** What may happen to one call; the two time-outs of a write differ in whether it took effect. */
export type Fault = 'conflict' | 'unavailable' | 'timeoutBefore' | 'timeoutAfter' | 'death';

const PASSING_FAULTS = ['conflict', 'unavailable', 'timeoutBefore', 'timeoutAfter'] as const;

/** Tells which fault, if any, the n-th call meets; the first call is 1. */
export type FaultPlan = (call: number) => Fault | undefined;

export const noFaults: FaultPlan = () => undefined;

export function faultAt(at: number, fault: Fault): FaultPlan {
  return (call) => (call === at ? fault : undefined);
}

/** Any passing fault, on that share of the calls. */
export function randomFaults(seed: number, rate: number): FaultPlan {
  const random = createSeededRandom(seed);
  return () => (random() < rate ? PASSING_FAULTS[Math.floor(random() * PASSING_FAULTS.length)] : undefined);
}

/** The process that made the call is gone; only tests see this. */
export class ProcessDeathError extends Error {
  override readonly name = 'ProcessDeathError';
}

/** One process that calls the table: how many calls it made, whether it lives. */
export class CallingProcess {
  calls = 0;
  isDead = false;
  readonly #plan: FaultPlan;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  async read<T>(perform: () => Promise<T>): Promise<T> {
    const fault = this.#nextFault();
    if (fault === 'conflict' || fault === undefined) return await this.#answer(perform());
    throw new TableUnavailableError(`injected: ${fault}`);
  }

  async write(perform: () => Promise<void>): Promise<void> {
    const fault = this.#nextFault();
    switch (fault) {
      case undefined:
        return await this.#answer(perform());
      case 'conflict':
        throw new TransactionConflictError('injected');
      case 'unavailable':
        throw new TableUnavailableError('injected');
      case 'timeoutAfter':
        await perform().catch(() => undefined);
        throw new UnknownOutcomeError('injected, after the commit');
      case 'timeoutBefore':
        throw new UnknownOutcomeError('injected, before the commit');
    }
  }

  /** No answer reaches a process that died while it waited. */
  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      this.#mustLive();
    }
  }

  #nextFault(): Exclude<Fault, 'death'> | undefined {
    this.#mustLive();
    this.calls += 1;
    const fault = this.#plan(this.calls);
    if (fault !== 'death') return fault;
    this.isDead = true;
    throw new ProcessDeathError(`died at call ${this.calls}`);
  }

  #mustLive(): void {
    if (this.isDead) throw new ProcessDeathError('the process is dead');
  }
}
