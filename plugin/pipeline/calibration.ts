/**
 * What a cosine means in this library: the share of random pairs of its pictures that are less alike. Cosines of one model
 * crowd together and differ between models; shares do not.
 */
export class Calibration {
  /** @param cosines of random pairs, ascending. */
  constructor(private readonly cosines: Float32Array) {}

  /** From 0 to 1, pairs that are just as alike count half; undefined while the library has no two pictures. */
  scoreOf(similarity: number): number | undefined {
    const { length } = this.cosines;
    if (length === 0) return undefined;
    return (this.countBelow(similarity, false) + this.countBelow(similarity, true)) / (2 * length);
  }

  /** The smallest similarity with at least this score; undefined where `scoreOf` is. */
  similarityAt(score: number): number | undefined {
    const { length } = this.cosines;
    if (length === 0) return undefined;
    return this.cosines[Math.min(length - 1, Math.floor(score * length))];
  }

  private countBelow(similarity: number, inclusive: boolean): number {
    let from = 0;
    let to = this.cosines.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const value = this.cosines[middle];
      if (value < similarity || (inclusive && value === similarity)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
