import type { Figure, Ratio } from '../benchmark.ts';

/** Three digits that count, whole numbers from 100 on, thousands with commas. */
export function toNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

export function toRatio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}

export function toTarget({ target }: Ratio): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

export function toFigure({ of, value, unit }: Figure): string {
  return `${of} ${toNumber(value)}${unit.startsWith('/') ? unit : ` ${unit}`}`;
}
