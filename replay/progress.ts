/** Tells a person at the terminal how far the run is. */
export interface Progress {
  /** A step begins; `total` is the number of its items, where they are counted. */
  begin(step: string, total?: number): void;
  /** One of the items is done. */
  advance(): void;
  /** The last step is over. */
  end(): void;
}

/** The part of a stream that progress needs. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_EVERY_MS = 100;

/** One line that is rewritten on a terminal; elsewhere a line for each step. */
export function createProgress(stream: ProgressStream, errors: () => number, now: () => number): Progress {
  let step: { name: string; total: number | undefined; done: number; started: number } | undefined;
  let drawnAt = 0;
  const line = (): string => {
    if (step === undefined) return '';
    const counted = step.total === undefined ? '' : ` ${step.done}/${step.total}`;
    const seconds = ((now() - step.started) / 1000).toFixed(1);
    const faults = errors() === 0 ? '' : `, ${errors()} errors so far`;
    return `${step.name}${counted} (${seconds} s${faults})`;
  };
  const finish = (): void => {
    if (step === undefined) return;
    stream.write(stream.isTTY === true ? `\r\u001b[K${line()}\n` : `${line()}\n`);
    step = undefined;
  };
  return {
    begin(name, total) {
      finish();
      step = { name, total, done: 0, started: now() };
      if (stream.isTTY === true) stream.write(`\r\u001b[K${line()}`);
    },
    advance() {
      if (step === undefined) return;
      step.done += 1;
      if (stream.isTTY !== true || now() - drawnAt < REDRAW_EVERY_MS) return;
      drawnAt = now();
      stream.write(`\r\u001b[K${line().slice(0, (stream.columns ?? 80) - 1)}`);
    },
    end: finish,
  };
}
