/** Something that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do; where it is not as it should be. */
  readonly todo?: string;
}

/** A line each, and below what is wrong a line with what to do. */
export function toCheckLines(checks: readonly Check[]): string {
  return checks
    .map(({ name, ok, found, todo }) => {
      const advice = ok || todo === undefined ? '' : todo.replace(/^/gm, '    ');
      return `${ok ? '✓' : '✗'} ${name}: ${found}\n${advice === '' ? '' : `${advice}\n`}`;
    })
    .join('');
}
