import { distance, type Oklab } from './oklab';

/** The share of the border that has to have one colour for the picture to have a ground. */
const LEAST_SHARE = 0.6;
/** How far the ground's colours may be from the one that most of the border has: light falls off towards the corners. */
const REACH = 0.07;
/** Points that have to be left: a picture that is all ground has the colour of its ground. */
const FEWEST_LEFT = 4;
/** Of the thing, the share that has to be left without its outline. */
const LEAST_INSIDE = 0.25;

/**
 * Leaves out the studio ground: the colour that most of the border has, where it reaches in from there. What has the same colour inside
 * the thing stays.
 * @param points of a square, row by row
 * @returns the points of the thing, without its outline, whose colours are mixed with those of the ground; all points where there is no ground
 */
export function withoutGround(points: readonly Oklab[]): Oklab[] {
  const side = Math.sqrt(points.length);
  const beside = besideOf(side);
  const border = [...points.keys()].filter((at) => isBorder(at, side));
  const colour = commonest(border.map((at) => points[at]));
  const isLike = (at: number) => distance(points[at], colour) <= REACH;
  if (border.filter(isLike).length < LEAST_SHARE * border.length) return [...points];
  const ground = new Set(border.filter(isLike));
  // A set visits what is added while it is being visited.
  for (const at of ground) for (const next of beside[at]) if (isLike(next)) ground.add(next);
  const thing = [...points.keys()].filter((at) => !ground.has(at));
  if (thing.length < FEWEST_LEFT) return [...points];
  const inside = thing.filter((at) => !beside[at].some((next) => ground.has(next)));
  return (inside.length >= LEAST_INSIDE * thing.length ? inside : thing).map((at) => points[at]);
}

function isBorder(at: number, side: number): boolean {
  const [x, y] = [at % side, Math.floor(at / side)];
  return x === 0 || y === 0 || x === side - 1 || y === side - 1;
}

const tables = new Map<number, number[][]>();

/** @returns of each point of a square those to its left and right, above and below. */
function besideOf(side: number): readonly number[][] {
  const known = tables.get(side);
  if (known) return known;
  const found = Array.from({ length: side * side }, (_, at) => {
    const x = at % side;
    return [
      ...(x > 0 ? [at - 1] : []),
      ...(x < side - 1 ? [at + 1] : []),
      ...(at >= side ? [at - side] : []),
      ...(at < side * (side - 1) ? [at + side] : []),
    ];
  });
  tables.set(side, found);
  return found;
}

/** The one that most others are near. */
function commonest(colours: readonly Oklab[]): Oklab {
  const near = colours.map((one) => colours.filter((other) => distance(one, other) <= REACH).length);
  return colours[near.indexOf(Math.max(...near))];
}
