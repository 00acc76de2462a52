import { type Finding, isMet } from '../benchmark.ts';
import { toFigure, toRatio, toTarget } from './numbers.ts';

/** A finding as some lines for the terminal. */
export function describeFinding({ what, figures, ratio, note }: Finding): string {
  const lines = [what, ...figures.map((figure) => `  ${toFigure(figure)}`)];
  if (ratio !== undefined) {
    const met = isMet(ratio);
    const target = met === undefined ? '' : `  (target ${toTarget(ratio)}: ${met ? 'met' : 'MISSED'})`;
    lines.push(`  ${ratio.of}: ${toRatio(ratio.value)}${target}`);
  }
  if (note !== undefined) lines.push(`  ${note}`);
  return lines.join('\n');
}
