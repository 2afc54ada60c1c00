import type { Link } from './link';

/** Of all pairs that are shown to it, keeps those whose cosines are nearest to a threshold, on each side. */
export class PairsAround {
  /** At or above it, the nearest first. */
  readonly above: Link[] = [];
  readonly below: Link[] = [];

  constructor(
    private readonly threshold: number,
    private readonly count: number,
  ) {}

  /** A pair may come several times, and either way round. */
  add({ a, b, similarity: cosine }: Link): void {
    // The cosine of one pair differs in its last digits with the order of the two.
    const similarity = Math.round(cosine * 1e5) / 1e5;
    const side = similarity >= this.threshold ? this.above : this.below;
    const distance = Math.abs(similarity - this.threshold);
    const distanceOf = (link: Link) => Math.abs(link.similarity - this.threshold);
    if (side.length === this.count && distance >= distanceOf(side[this.count - 1])) return;
    const [first, second] = a < b ? [a, b] : [b, a];
    if (side.some((link) => link.a === first && link.b === second)) return;
    const place = side.findIndex((link) => distance < distanceOf(link));
    side.splice(place < 0 ? side.length : place, 0, { a: first, b: second, similarity });
    if (side.length > this.count) side.pop();
  }
}
