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
/** Brightness up to which the hue of a point is looked at by itself: the darker it is, the less of it is left in red, green and blue. */
const DARK = 140;
/** Below this brightness the noise of saving is more than the hue. */
const HUE_NOISE = 48;
/** How much stronger or weaker the colours of a copy may be. */
const MOST_SATURATION = 1.25;

/**
 * How much the colours of two aligned pictures differ beyond one being lighter than the other: a shop takes one photo and dyes the
 * product in it.
 * @param a, b of the same points
 * @param hueWeight of how much the hues of dark points differ, as a share of their brightness
 * @returns the mean difference of the points that differ most, in steps of 0 to 255; the same the other way round
 */
export function colourDifference(a: Colours, b: Colours, hueWeight: number): number {
  return Math.min(oneWay(a, b, hueWeight), oneWay(b, a, hueWeight));
}

function oneWay(a: Colours, b: Colours, hueWeight: number): number {
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
  for (let at = 0; at < differences.length; at++) {
    differences[at] = Math.max(differences[at], hueWeight * hueDifference(a, b, at, gain));
  }
  const worst = differences.sort().subarray(-Math.max(1, Math.round(WORST * differences.length)));
  return worst.reduce((sum, difference) => sum + difference, 0) / worst.length;
}

/** Of a dark point: the difference of the hues as a share of its brightness; 0 of a light one, whose hue its colours tell well enough. */
function hueDifference(a: Colours, b: Colours, at: number, gain: number): number {
  const one = lumaOf(a, at);
  const other = lumaOf(b, at);
  const brightness = Math.max(gain * one, other);
  if (brightness > DARK) return 0;
  const [red, blue] = [gain * (a[0][at] - one), gain * (a[2][at] - one)];
  const [otherRed, otherBlue] = [b[0][at] - other, b[2][at] - other];
  const square = red * red + blue * blue;
  const along = square > 0 ? (red * otherRed + blue * otherBlue) / square : 1;
  const stronger = Math.min(MOST_SATURATION, Math.max(1 / MOST_SATURATION, along));
  const distance = Math.hypot(stronger * red - otherRed, stronger * blue - otherBlue);
  return distance / (brightness + HUE_NOISE);
}

const lumaOf = ([red, green, blue]: Colours, at: number) => 0.299 * red[at] + 0.587 * green[at] + 0.114 * blue[at];

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
