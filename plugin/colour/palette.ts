import { coloursOf, type Miniature } from '../same-photo/miniature';
import { withoutGround } from './ground';
import { chromaOf, distance, type Oklab, oklabOf } from './oklab';

/** A colour of a thing, and the share of the thing that has it. */
export interface Swatch {
  colour: Oklab;
  share: number;
}

export const MOST_COLOURS = 5;
/** Up to this distance a thing has the colour that somebody looks for: another shade of it, but no other colour. */
export const MOST_DISTANCE = 0.1;
/** Nearer ones are shades of one colour. */
const LEAST_DISTANCE = 0.08;
const ROUNDS = 6;
/** What a grey point counts: a small coloured thing is mixed with what is beside it, and its purest point is what it looks like. */
const GREY = 0.02;
/** What a difference counts, beside one of hue. Light and shadow make one colour lighter and darker. */
const OF_AREA = { lightness: 0.5, chroma: 1 };
/** A point of it also covers what is beside it, which makes it paler. */
const OF_ACCENT = { lightness: 0.25, chroma: 0.5 };
const MOST_OF_ACCENT = 0.05;

/**
 * Up to five colours of what a picture shows, the largest first; its ground does not count, small accents do.
 * The same picture always has the same palette.
 * @example
 * ```ts
 * paletteOf(miniature).some((swatch) => distanceFrom(swatch, oklabOf(0xaa, 0x33, 0x33)) <= MOST_DISTANCE); // whether there is such a red
 * ```
 */
export function paletteOf(miniature: Miniature): Swatch[] {
  const [red, green, blue] = coloursOf(miniature);
  const points = withoutGround(Array.from(red, (_, at) => oklabOf(red[at], green[at], blue[at])));
  let centres = farApart(points);
  let members = around(points, centres);
  for (let round = 0; round < ROUNDS; round++) {
    centres = members.map(centreOf);
    members = around(points, centres);
  }
  return members
    .map((near) => ({ colour: centreOf(near), share: near.length / points.length }))
    .sort((one, other) => other.share - one.share);
}

/**
 * How far a swatch is from a colour that somebody looks for: how light they are counts less than the hue, and of a small accent it counts
 * less still, and so does how strong it is.
 * @returns as of OKLab: 0.1 is a clearly different shade, 0.2 another colour
 */
export const distanceFrom = ({ colour: [lightness, a, b], share }: Swatch, wanted: Oklab): number =>
  distanceTo(wanted, lightness, a, b, share);

/** The same in numbers: half a million are compared at once. */
export function distanceTo(
  [light, green, blue]: Oklab,
  lightness: number,
  a: number,
  b: number,
  share: number,
): number {
  const weight = share <= MOST_OF_ACCENT ? OF_ACCENT : OF_AREA;
  const stronger = Math.sqrt(a * a + b * b) - Math.sqrt(green * green + blue * blue);
  const hueSquare = Math.max(0, (a - green) ** 2 + (b - blue) ** 2 - stronger * stronger);
  return Math.sqrt((weight.lightness * (lightness - light)) ** 2 + (weight.chroma * stronger) ** 2 + hueSquare);
}

/** Begins with the middle, then each time the point that is farthest from all so far: an accent of one point is among them. */
function farApart(points: readonly Oklab[]): Oklab[] {
  const middle = meanOf(points, () => 1);
  const centres = [points[placeOfNearest(points, middle)]];
  const far = points.map((point) => distance(point, centres[0]));
  while (centres.length < MOST_COLOURS) {
    const most = Math.max(...far);
    if (most < LEAST_DISTANCE) break;
    const farthest = points[far.indexOf(most)];
    centres.push(farthest);
    for (const [at, point] of points.entries()) far[at] = Math.min(far[at], distance(point, farthest));
  }
  return centres;
}

/** @returns the points that are nearest to each centre; those that have none are left out. */
function around(points: readonly Oklab[], centres: readonly Oklab[]): Oklab[][] {
  const members = centres.map((): Oklab[] => []);
  for (const point of points) members[placeOfNearest(centres, point)].push(point);
  return members.filter((near) => near.length > 0);
}

const centreOf = (points: readonly Oklab[]): Oklab => meanOf(points, (point) => (GREY + chromaOf(point)) ** 2);

function placeOfNearest(colours: readonly Oklab[], wanted: Oklab): number {
  let [place, least] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < colours.length; at++) {
    const far = distance(colours[at], wanted);
    if (far < least) [place, least] = [at, far];
  }
  return place;
}

function meanOf(points: readonly Oklab[], weightOf: (point: Oklab) => number): Oklab {
  const sum = [0, 0, 0];
  let total = 0;
  for (const point of points) {
    const weight = weightOf(point);
    total += weight;
    for (let axis = 0; axis < 3; axis++) sum[axis] += weight * point[axis];
  }
  return [sum[0] / total, sum[1] / total, sum[2] / total];
}
