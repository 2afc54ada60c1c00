import { coloursOf, type Miniature } from '../same-photo/miniature';
import { withoutGround } from './ground';
import { chromaOf, distance, type Oklab, oklabOf } from './oklab';

/** A colour of a thing, and the share of the thing that has it. */
export interface Swatch {
  colour: Oklab;
  share: number;
}

const MOST_COLOURS = 5;
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
 * paletteOf(miniature).some((swatch) => distanceFrom(swatch, oklabOf(0xaa, 0x33, 0x33)) <= 0.1); // whether there is such a red
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
export function distanceFrom({ colour, share }: Swatch, wanted: Oklab): number {
  const { lightness, chroma } = share <= MOST_OF_ACCENT ? OF_ACCENT : OF_AREA;
  const stronger = chromaOf(colour) - chromaOf(wanted);
  const hueSquare = Math.max(0, (colour[1] - wanted[1]) ** 2 + (colour[2] - wanted[2]) ** 2 - stronger ** 2);
  return Math.hypot(lightness * (colour[0] - wanted[0]), chroma * stronger, Math.sqrt(hueSquare));
}

/** Begins with the middle, then each time the point that is farthest from all so far: an accent of one point is among them. */
function farApart(points: readonly Oklab[]): Oklab[] {
  const centres = [
    nearestTo(
      points,
      meanOf(points, () => 1),
    ),
  ];
  while (centres.length < MOST_COLOURS) {
    const far = points.map((point) => Math.min(...centres.map((centre) => distance(point, centre))));
    const most = Math.max(...far);
    if (most < LEAST_DISTANCE) break;
    centres.push(points[far.indexOf(most)]);
  }
  return centres;
}

/** @returns the points that are nearest to each centre; those that have none are left out. */
function around(points: readonly Oklab[], centres: readonly Oklab[]): Oklab[][] {
  const members = centres.map((): Oklab[] => []);
  for (const point of points) {
    const far = centres.map((centre) => distance(point, centre));
    members[far.indexOf(Math.min(...far))].push(point);
  }
  return members.filter((near) => near.length > 0);
}

const centreOf = (points: readonly Oklab[]): Oklab => meanOf(points, (point) => (GREY + chromaOf(point)) ** 2);

function nearestTo(points: readonly Oklab[], wanted: Oklab): Oklab {
  const far = points.map((point) => distance(point, wanted));
  return points[far.indexOf(Math.min(...far))];
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
