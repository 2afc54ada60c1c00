import { colourDifference } from './colour-difference';
import { adjusted, type Box, placeOf, sampled } from './crop';
import { detailsOf } from './details';
import { brightnessOf, COLOUR_SIDE, type Colours, coloursOf, type Miniature, SIDE } from './miniature';
import { MIRRORED, ORIENTATIONS, orientationsOf, oriented } from './orientations';

/** Correlation of the details of two whole pictures, and of a picture with a part of another: native-bench/results/same-photo.md. */
export const LEAST_WHOLE = 0.85;
export const LEAST_CROP = 0.92;
/** Of the best rough place: the borders between its points take some of it. */
const LEAST_START = 0.62;
/** Of the colours, 0 to 255. */
export const MOST_DIFFERENCE = 28;
/** In a part: its borders are between the points. */
export const MOST_DIFFERENCE_IN_CROP = 40;

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
 * @param crops whether a part is looked for, too: it takes ten times longer and more (0.4 to 3 ms)
 */
export function isSamePhoto(a: Miniature, b: Miniature, { crops = true } = {}): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const { whole, crop = 0, colours } = compare(a, b, { crops });
  if (whole >= LEAST_WHOLE) return colours <= MOST_DIFFERENCE;
  return crop >= LEAST_CROP && colours <= MOST_DIFFERENCE_IN_CROP;
}

export function compare(a: Miniature, b: Miniature, { crops = true } = {}): Compared {
  const [one, other] = [brightnessOf(a), brightnessOf(b)];
  const { alike: whole, orientation } = bestOrientation(detailsOf(one, SIDE), detailsOf(other, SIDE));
  const [ofOne, ofOther] = [coloursOf(a), coloursOf(b)];
  if (whole >= LEAST_WHOLE || !crops) {
    return { whole, colours: colourDifference(ofOne, orientedColours(ofOther, orientation)) };
  }
  const [mirrored, mirroredColours] = [oriented(other, SIDE, MIRRORED), orientedColours(ofOther, MIRRORED)];
  const ways = [
    { whole: one, part: other, colours: ofOne, partColours: ofOther },
    { whole: other, part: one, colours: ofOther, partColours: ofOne },
    { whole: one, part: mirrored, colours: ofOne, partColours: mirroredColours },
    { whole: mirrored, part: one, colours: mirroredColours, partColours: ofOne },
  ].map((way) => ({ ...way, place: placeOf(way.whole, way.part) }));
  const way = ways.reduce((best, next) => (next.place.alike > best.place.alike ? next : best));
  if (way.place.alike < LEAST_START) return { whole, colours: 255 };
  const { box, alike } = adjusted(way.whole, way.part, way.place);
  return { whole, crop: alike, colours: differenceIn(way.colours, box, way.partColours) };
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

const orientedColours = (colours: Colours, orientation: number) =>
  colours.map((channel) => oriented(channel, COLOUR_SIDE, orientation)) as Colours;

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
  );
}
