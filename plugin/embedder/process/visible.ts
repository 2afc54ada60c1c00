/**
 * Levels of 255 by which a channel of a plain picture may vary. JPEG keeps a plain block as it is, since it has nothing but a mean,
 * and a resize adds none (measured: 0 at qualities 5 to 95). What a plain picture with a level or two of noise keeps at
 * quality 80 is 2. More could be drawn on purpose: a watermark, white on off-white.
 */
const NOISE = 2;

/** Whether an RGB picture is of one colour. */
export function isPlain(pixels: Uint8Array): boolean {
  return countDiffering(pixels, pixels, NOISE, 1) === 0;
}

/** White and black differ from it alike, so that an outline in one of them does not vanish where the other was lifted off white. */
export const DARK_GROUND = '#404040';
/** Share of a picture's content that has to differ from its background; below it, the background has erased the picture. */
const DIFFERING = 1 / 20;
/** Levels of 255 that are a difference to the eye. */
const CONTRAST = 16;

/** Pixels of an RGB picture that differ by more than `levels` from a colour; counts no further than `enough`. */
function countDiffering(pixels: Uint8Array, colour: ArrayLike<number>, levels: number, enough: number): number {
  const [red, green, blue] = [colour[0], colour[1], colour[2]];
  let count = 0;
  for (let i = 0; i < pixels.length && count < enough; i += 3) {
    if (
      Math.abs(pixels[i] - red) > levels ||
      Math.abs(pixels[i + 1] - green) > levels ||
      Math.abs(pixels[i + 2] - blue) > levels
    ) {
      count++;
    }
  }
  return count;
}

/**
 * Whether hardly anything differs from the ground, so that it is worth knowing how much of the picture is transparent. Ordinary
 * pictures say no, and cost no more than this look.
 */
export function mayBeErased(pixels: Uint8Array, ground: ArrayLike<number>): boolean {
  return isLessThan(DIFFERING, pixels, ground);
}

/** Whether the ground erased what is opaque. @param alpha a level for each pixel of the same picture. */
export function isErased(pixels: Uint8Array, ground: ArrayLike<number>, alpha: Uint8Array): boolean {
  let sum = 0;
  for (const level of alpha) sum += level;
  const opaque = sum / 255 / alpha.length;
  return opaque < 1 && isLessThan(DIFFERING * opaque, pixels, ground);
}

function isLessThan(share: number, pixels: Uint8Array, ground: ArrayLike<number>): boolean {
  const limit = (share * pixels.length) / 3;
  return countDiffering(pixels, ground, CONTRAST, Math.ceil(limit)) < limit;
}
