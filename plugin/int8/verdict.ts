import { dot } from '../vectors/cosine';

/** What 8 bits do to neighbours, on pictures of the library. */
export interface Measured {
  /** Pictures that were compared. */
  pictures: number;
  /**
   * How much of the likeness of the seven nearest is kept: 1 when the int8 model finds pictures that the fp32 model holds for
   * just as similar as those it finds itself, 0 when it finds random ones.
   */
  kept: number;
  /** Mean cosine between the two vectors of a picture. */
  cosine: number;
  /** Pictures per second of the int8 model through those of the fp32 model. */
  speed: number;
}

/** See docs/decisions/8-int8.md for what these cost in precision@7. */
const LEAST_KEPT = 0.99;
const LEAST_SPEED = 1.2;
const NEAREST = 7;

/** @returns why the int8 model is not to be used, if so. */
export function refusal({ kept, speed }: Measured): string | undefined {
  if (!(kept >= LEAST_KEPT))
    return `its nearest pictures keep ${percent(kept)} of their likeness, not ${percent(LEAST_KEPT)}`;
  if (!(speed >= LEAST_SPEED)) return `it is ${speed.toFixed(2)} times as fast, not ${LEAST_SPEED} times`;
  return undefined;
}

/** Both lists hold unit vectors of the same pictures in the same order. */
export function compare(
  fp32: readonly Float32Array[],
  int8: readonly Float32Array[],
): Pick<Measured, 'kept' | 'cosine'> {
  let [all, best, found, cosines] = [0, 0, 0, 0];
  for (let query = 0; query < fp32.length; query++) {
    const likeness = fp32.map((vector) => dot(fp32[query], vector));
    const others = [...fp32.keys()].filter((other) => other !== query);
    const mean = (pictures: number[]) => pictures.reduce((sum, at) => sum + likeness[at], 0) / pictures.length;
    all += mean(others);
    best += mean(nearest(likeness, others));
    found += mean(
      nearest(
        int8.map((vector) => dot(int8[query], vector)),
        others,
      ),
    );
    cosines += dot(fp32[query], int8[query]);
  }
  return { kept: (found - all) / (best - all), cosine: cosines / fp32.length };
}

function nearest(likeness: readonly number[], others: readonly number[]): number[] {
  return [...others].sort((a, b) => likeness[b] - likeness[a]).slice(0, NEAREST);
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
