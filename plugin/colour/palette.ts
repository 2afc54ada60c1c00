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
/** From here on it is another colour, and not like it at all. */
export const NOT_ALIKE = 0.2;
/** Nearer ones are shades of one colour. */
const LEAST_DISTANCE = 0.08;
const ROUNDS = 6;
/** What a grey point counts: a small coloured thing is mixed with what is beside it, and its purest point is what it looks like. */
const GREY = 0.02;
/** What a difference of lightness counts, beside one of hue: light and shadow make one colour lighter and darker. */
const LIGHTNESS = 0.5;
const MOST_OF_ACCENT = 0.05;
/** Less is grey. Of that, little is seldom a part of the thing: it is where dark meets light, or a shadow. */
const LEAST_CHROMA_OF_ACCENT = 0.03;
/** So much of a point has to be the accent, for what it is mixed with not to decide. */
const LEAST_OF_MIXTURE = 0.45;
/** What a difference from a mixture counts: many colours can be mixed. */
const OF_MIXTURE = 3;

/**
 * Up to five colours of what a picture shows, the largest first; its ground does not count, small accents do unless they are grey.
 * The same picture always has the same palette.
 * @example
 * ```ts
 * distanceFrom(paletteOf(miniature), oklabOf(0xaa, 0x33, 0x33)) <= MOST_DISTANCE; // whether there is such a red
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
    .filter(({ colour, share }) => share > MOST_OF_ACCENT || chromaOf(colour) >= LEAST_CHROMA_OF_ACCENT)
    .sort((one, other) => other.share - one.share);
}

/**
 * How far the nearest of these colours is from one that somebody looks for.
 * @returns as of OKLab: 0.1 is a clearly different shade, 0.2 another colour
 */
export const distanceFrom = (palette: readonly Swatch[], wanted: Oklab): number =>
  Math.min(...palette.map((swatch) => distanceOf(swatch, palette[0].colour, wanted)));

/**
 * How far one colour of a thing is from the wanted one. A point of a small accent also covers what is beside it: it may be the
 * wanted colour mixed with the largest one.
 */
export function distanceOf({ colour, share }: Swatch, largest: Oklab, wanted: Oklab): number {
  const lightness = LIGHTNESS * (colour[0] - wanted[0]);
  const far = Math.sqrt(lightness ** 2 + (colour[1] - wanted[1]) ** 2 + (colour[2] - wanted[2]) ** 2);
  return share <= MOST_OF_ACCENT ? Math.min(far, OF_MIXTURE * fromMixture(colour, largest, wanted)) : far;
}

/** How far a colour is from the nearest mixture of two: at least so much of it has to be the wanted one. */
function fromMixture(colour: Oklab, other: Oklab, wanted: Oklab): number {
  const way = [wanted[0] - other[0], wanted[1] - other[1], wanted[2] - other[2]];
  let [length, along] = [0, 0];
  for (let axis = 0; axis < 3; axis++) {
    length += way[axis] * way[axis];
    along += way[axis] * (colour[axis] - other[axis]);
  }
  const part = length > 0 ? Math.min(1, Math.max(LEAST_OF_MIXTURE, along / length)) : 1;
  return distance(colour, [other[0] + part * way[0], other[1] + part * way[1], other[2] + part * way[2]]);
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
