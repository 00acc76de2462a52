import { indexRange, KEPT_BYTES } from './keys.ts';
import { MAX_SORT_KEY_BYTES } from './limits.ts';

const MAX_CHARACTER_BYTES = 4;

/** Sort keys, of claims or of an index, between which every value of some kind lies; others may lie there too. */
export interface ValueRange {
  readonly from?: string;
  readonly to?: string;
}

/** @param prefix - Normalised, not empty. */
export function rangeOfPrefix(prefix: string): ValueRange {
  const from = cutToKept(prefix);
  return { from, to: lastKeyWith(from) };
}

/** @param bound - Normalised, not empty. */
export function rangeFrom(bound: string): ValueRange {
  return { from: cutToKept(bound) };
}

/** @param bound - Normalised, not empty. */
export function rangeTo(bound: string): ValueRange {
  const cut = cutToKept(bound);
  return { to: cut === bound ? indexRange(bound).to : lastKeyWith(cut) };
}

/** As much of a text as is in the key of whatever value begins with it: a cut value loses part of a character at most. */
function cutToKept(text: string): string {
  let cut = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > KEPT_BYTES - MAX_CHARACTER_BYTES) return cut;
    cut += character;
  }
  return cut;
}

/** No key that begins so is beyond it. */
function lastKeyWith(prefix: string): string {
  const room = MAX_SORT_KEY_BYTES - Buffer.byteLength(prefix);
  return `${prefix}${'\u{10FFFF}'.repeat(Math.floor(room / MAX_CHARACTER_BYTES))}`;
}
