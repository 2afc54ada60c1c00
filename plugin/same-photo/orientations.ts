/** Turned by quarters, and mirrored: 8. The first leaves a picture as it is, the fifth mirrors it. */
export const ORIENTATIONS = 8;
export const MIRRORED = 4;

const tables = new Map<number, Uint16Array[]>();

/** @returns of each orientation, where the point comes from that is at a place of a square. */
export function orientationsOf(side: number): readonly Uint16Array[] {
  const known = tables.get(side);
  if (known) return known;
  const last = side - 1;
  const found = Array.from({ length: ORIENTATIONS }, (_, orientation) => {
    const from = new Uint16Array(side * side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        let [a, b] = [x, y];
        for (let turn = 0; turn < orientation % MIRRORED; turn++) [a, b] = [last - b, a];
        if (orientation >= MIRRORED) a = last - a;
        from[y * side + x] = b * side + a;
      }
    }
    return from;
  });
  tables.set(side, found);
  return found;
}

export function oriented(points: Float32Array, side: number, orientation: number): Float32Array {
  const from = orientationsOf(side)[orientation];
  return points.map((_, at) => points[from[at]]);
}
