/** What a check found wrong, and in which request. */
export interface Fault {
  /** The check that failed, such as `status` or `content type`. */
  readonly check: string;
  /** The kind of request, such as `PATCH /Users/{id}`. */
  readonly request: string;
  readonly message: string;
}

/** Faults of one check and one kind of request. */
export interface FaultSummary {
  readonly check: string;
  readonly request: string;
  readonly count: number;
  /** The first few messages. */
  readonly samples: readonly string[];
}

/** Milliseconds to the whole answer, by kind of request. */
export interface LatencySummary {
  readonly request: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface RetrySummary {
  /** `429`, `503`, `timeout`, `connection` … */
  readonly cause: string;
  readonly request: string;
  readonly count: number;
}

const SAMPLES = 3;
const SAMPLE_LENGTH = 400;

/** Collects what a run sees. */
export class Recorder {
  readonly #latencies = new Map<string, number[]>();
  readonly #faults = new Map<string, { check: string; request: string; count: number; samples: string[] }>();
  readonly #retries = new Map<string, { cause: string; request: string; count: number }>();
  #faultCount = 0;

  get faultCount(): number {
    return this.#faultCount;
  }

  get requestCount(): number {
    return [...this.#latencies.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** An answer came, whatever it was. */
  answered(request: string, milliseconds: number): void {
    const list = this.#latencies.get(request);
    if (list === undefined) this.#latencies.set(request, [milliseconds]);
    else list.push(milliseconds);
  }

  /** A request is sent once more. */
  retried(cause: string, request: string): void {
    const key = `${cause} ${request}`;
    const entry = this.#retries.get(key) ?? { cause, request, count: 0 };
    entry.count += 1;
    this.#retries.set(key, entry);
  }

  /** Something was wrong. Only the first few messages of a kind are kept. */
  fault({ check, request, message }: Fault): void {
    const key = `${check} ${request}`;
    const entry = this.#faults.get(key) ?? { check, request, count: 0, samples: [] };
    entry.count += 1;
    if (entry.samples.length < SAMPLES) entry.samples.push(message.slice(0, SAMPLE_LENGTH));
    this.#faults.set(key, entry);
    this.#faultCount += 1;
  }

  faults(): FaultSummary[] {
    return [...this.#faults.values()].toSorted((left, right) => right.count - left.count);
  }

  retries(): RetrySummary[] {
    return [...this.#retries.values()].toSorted((left, right) => right.count - left.count);
  }

  latencies(): LatencySummary[] {
    return [...this.#latencies].map(([request, list]) => {
      const sorted = Float64Array.from(list).toSorted();
      return {
        request,
        count: sorted.length,
        p50: percentile(sorted, 50),
        p95: percentile(sorted, 95),
        p99: percentile(sorted, 99),
        max: percentile(sorted, 100),
      };
    });
  }
}

/** The smallest value that so many per cent do not exceed (nearest rank), to a tenth. */
function percentile(sorted: Float64Array, percent: number): number {
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}
