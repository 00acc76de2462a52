import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../replay/progress.ts';

function play(isTTY: boolean): string {
  let written = '';
  let time = 0;
  const stream = { isTTY, columns: 40, write: (text: string) => (written += text) };
  const progress = createProgress(
    stream,
    () => 2,
    () => (time += 500),
  );
  progress.begin('first', 2);
  progress.advance();
  progress.advance();
  progress.begin('second');
  progress.end();
  return written;
}

describe('createProgress', () => {
  it('writes a plain line for each finished step where nobody watches', () => {
    const lines = play(false).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^first 2\/2 \(.* s, 2 errors so far\)$/);
  });

  it('rewrites one line on a terminal', () => {
    expect(play(true)).toContain('\r\u001b[Kfirst 1/2');
  });
});
