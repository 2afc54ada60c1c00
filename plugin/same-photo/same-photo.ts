import { colourDifference } from './colour-difference';
import { adjusted, type Box, placeOf, sampled } from './crop';
import { COLOUR_SIDE, type Colours, SIDE } from './miniature';
import { MIRRORED, ORIENTATIONS, orientationsOf } from './orientations';
import type { Photo } from './photo';

/** Correlation of the details of two whole pictures, and of a picture with a part of another: native-bench/results/same-photo.md. */
export const LEAST_WHOLE = 0.85;
export const LEAST_CROP = 0.92;
/** Of the best rough place: the borders between its points take some of it. */
const LEAST_START = 0.62;
/** Of the colours, 0 to 255. */
export const MOST_DIFFERENCE = 29.5;
/** In a part: its borders are between the points. */
export const MOST_DIFFERENCE_IN_CROP = 40;
/** So much that the hue which a JPEG of low quality or a warmer light gives a dark thing stays below the limit. */
const HUE_WEIGHT = 370;
/** Points of a part cover a little of what is beside them, which is much where they are dark. */
const HUE_WEIGHT_IN_CROP = 150;

/** What was measured of two pictures. */
export interface Compared {
  /** Correlation of the details in the best of the eight orientations, up to 1. */
  whole: number;
  /** Of one picture with the part of the other that is most like it; absent where none was looked for, or found. */
  crop?: number;
  /** Difference of the colours there. */
  colours: number;
}

/**
 * Whether two pictures are one photo: saved again, in another size or brightness, mirrored, turned by quarters, or cut by up to a
 * quarter of a side. Other shots of the same thing are not, nor is the same shot with the thing dyed.
 * @param crops whether a part is looked for, too, which takes longer: a millisecond or two where the two are alike
 */
export function isSamePhoto(a: Photo, b: Photo, { crops = true } = {}): boolean {
  if (Buffer.compare(a.miniature, b.miniature) === 0) return true;
  const { whole, crop = 0, colours } = compare(a, b, { crops });
  if (whole >= LEAST_WHOLE) return colours <= MOST_DIFFERENCE;
  return crop >= LEAST_CROP && colours <= MOST_DIFFERENCE_IN_CROP;
}

export function compare(a: Photo, b: Photo, { crops = true } = {}): Compared {
  const { alike: whole, orientation } = bestOrientation(a.details, b.details);
  if (whole >= LEAST_WHOLE || !crops) {
    return { whole, colours: colourDifference(a.colours, b.in(orientation).colours, HUE_WEIGHT) };
  }
  const ways = [
    [a, b],
    [b, a],
    [a, b.in(MIRRORED)],
    [b, a.in(MIRRORED)],
  ].map(([from, part]) => ({ from, part, place: placeOf(from.roughDetails, part.parts) }));
  const { from, part, place } = ways.reduce((best, way) => (way.place.alike > best.place.alike ? way : best));
  if (place.alike < LEAST_START) return { whole, colours: 255 };
  const { box, alike } = adjusted(from.brightness, part.brightness, place, LEAST_CROP);
  return { whole, crop: alike, colours: differenceIn(from.colours, box, part.colours) };
}

function bestOrientation(a: Float32Array, b: Float32Array): { alike: number; orientation: number } {
  let best = { alike: -1, orientation: 0 };
  for (let orientation = 0; orientation < ORIENTATIONS; orientation++) {
    const from = orientationsOf(SIDE)[orientation];
    let alike = 0;
    for (let at = 0; at < from.length; at++) alike += a[at] * b[from[at]];
    if (alike > best.alike) best = { alike, orientation };
  }
  return best;
}

/** Points of a side in which the colours of a part are compared. */
const COMPARED = 12;

/** @param box in points of the brightness */
function differenceIn(whole: Colours, box: Box, part: Colours): number {
  const share = COLOUR_SIDE / SIDE;
  const there = { x: box.x * share, y: box.y * share, width: box.width * share, height: box.height * share };
  const all = { x: 0, y: 0, width: COLOUR_SIDE, height: COLOUR_SIDE };
  return colourDifference(
    whole.map((channel) => sampled(channel, there, COMPARED)) as Colours,
    part.map((channel) => sampled(channel, all, COMPARED)) as Colours,
    HUE_WEIGHT_IN_CROP,
  );
}
