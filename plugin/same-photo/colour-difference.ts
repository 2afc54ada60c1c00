import type { Colours } from './miniature';

/** Values that are neither cut off at an end of the scale nor lost in noise. */
const DARKEST = 8;
const LIGHTEST = 235;
/** Fewer of them say nothing of how much lighter one is. */
const FEWEST = 30;
/** How much lighter or darker a copy may be. */
const MOST_GAIN = 2;
/** Lighter by so much: bright places end at white, and a point may cover some that do and some that do not. */
const LIGHTER = 1.08;
const MUCH_LIGHTER = 1.28;
const SOFT_FROM = 140;
const SOFT_SHARE = 0.6;
const SOFT_MOST = 60;
/** The share of the points that differ most. */
const WORST = 0.02;

/**
 * How much the colours of two aligned pictures differ beyond one being lighter than the other: a shop takes one photo and dyes the
 * product in it.
 * @param a, b of the same points
 * @returns the mean difference of the points that differ most, 0 to 255; the same the other way round
 */
export function colourDifference(a: Colours, b: Colours): number {
  return Math.min(oneWay(a, b), oneWay(b, a));
}

function oneWay(a: Colours, b: Colours): number {
  const gain = gainOf(a, b);
  const soft = Math.min(1, Math.max(0, (gain - LIGHTER) / (MUCH_LIGHTER - LIGHTER)));
  const differences = new Float32Array(a[0].length);
  for (const [channel, values] of a.entries()) {
    for (let at = 0; at < values.length; at++) {
      const wanted = gain * values[at];
      const high = Math.min(255, wanted);
      const low = high - soft * Math.min(SOFT_MOST, Math.max(0, (wanted - SOFT_FROM) * SOFT_SHARE));
      differences[at] = Math.max(differences[at], b[channel][at] - high, low - b[channel][at]);
    }
  }
  const worst = differences.sort().subarray(-Math.max(1, Math.round(WORST * differences.length)));
  return worst.reduce((sum, difference) => sum + difference, 0) / worst.length;
}

/** How much lighter `b` is, by least squares. */
function gainOf(a: Colours, b: Colours): number {
  let product = 0;
  let square = 0;
  let count = 0;
  for (const [channel, values] of a.entries()) {
    for (let at = 0; at < values.length; at++) {
      const [one, other] = [values[at], b[channel][at]];
      if (Math.min(one, other) <= DARKEST || Math.max(one, other) >= LIGHTEST) continue;
      product += one * other;
      square += one * one;
      count++;
    }
  }
  return count < FEWEST ? 1 : Math.min(MOST_GAIN, Math.max(1 / MOST_GAIN, product / square));
}
