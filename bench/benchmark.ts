/** How much a run does: all of it; enough for a first look; or as little as shows that a benchmark still works. */
export type Size = 'full' | 'quick' | 'smoke';

/** One thing that is measured, and why its ratio is a fair one. */
export interface Benchmark {
  readonly name: string;
  /** One line, for the list of benchmarks. */
  readonly about: string;
  /** How it measures, and what makes the comparison fair; stands above its results. */
  readonly method: string;
  readonly run: (bench: Bench) => Promise<readonly Finding[]>;
}

/** What a benchmark is given. */
export interface Bench {
  readonly size: Size;
  /** The one of the size. */
  pick<T>(bySize: Readonly<Record<Size, T>>): T;
  /** Tells a person who waits what is being done. */
  say(line: string): void;
  /** What has to be done when the benchmark ends, however it ends; the latest first. */
  onEnd(work: () => Promise<unknown>): void;
}

/** One comparison: what was measured of each side, and how the sides relate. */
export interface Finding {
  readonly what: string;
  readonly figures: readonly Figure[];
  readonly ratio?: Ratio;
  /** What has to be known to read it. */
  readonly note?: string;
}

export interface Figure {
  /** Whose it is, such as `scim-stack` or `100,000 users`. */
  readonly of: string;
  readonly value: number;
  /** Such as `/s`, `ms` or `KB`. */
  readonly unit: string;
}

export interface Ratio {
  /** Such as `scim-stack / SCIMMY`. */
  readonly of: string;
  readonly value: number;
  readonly target?: Target;
}

export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** Whether the ratio is what it is meant to be; undefined where nothing is meant. */
export function isMet({ value, target }: Ratio): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}
