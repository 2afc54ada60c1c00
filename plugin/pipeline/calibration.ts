/**
 * What a cosine means in this library: the share of random pairs of its pictures that are less alike. Cosines of one model
 * crowd together and differ between models; shares do not.
 */
export class Calibration {
  private readonly sorted: Float64Array;

  /** @param cosines of random pairs, in any order. */
  constructor(cosines: readonly number[]) {
    this.sorted = Float64Array.from(cosines, rounded).sort();
  }

  /** From 0 to 1, pairs that are just as alike count half; undefined while the library has no two pictures. */
  scoreOf(similarity: number): number | undefined {
    const { length } = this.sorted;
    if (length === 0) return undefined;
    const value = rounded(similarity);
    return (this.countBelow(value, false) + this.countBelow(value, true)) / (2 * length);
  }

  private countBelow(value: number, inclusive: boolean): number {
    let from = 0;
    let to = this.sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.sorted[middle];
      if (other < value || (inclusive && other === value)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The cosine of one pair differs in its last digits with the order of the two. */
function rounded(cosine: number): number {
  return Math.round(cosine * 1e5);
}
