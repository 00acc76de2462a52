/** The part of a stream that progress needs. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** What is being done now. */
  say(benchmark: string, line: string): void;
  /** A benchmark is over. */
  end(): void;
}

/** One line that is rewritten on a terminal; elsewhere a line for each step, with the time since the start. */
export function createProgress(stream: ProgressStream): Progress {
  const started = performance.now();
  return {
    say(benchmark, line) {
      const text = `· ${toClock(performance.now() - started)} ${benchmark}: ${line}`;
      stream.write(stream.isTTY === true ? `\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
    },
    end() {
      if (stream.isTTY === true) stream.write('\r\u001b[K');
    },
  };
}

/** Minutes and seconds. */
function toClock(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
