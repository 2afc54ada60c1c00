import type { PackedSpots } from '../contracts/map';
import type { FileId } from '../ports';
import type { Spot } from './place';
import { slices } from './slices';

const FULL = 65_535;

/** As the admin gets it: about 7 bytes for each picture. The map is turned into a square of 65,536 steps, its shape kept. */
export async function packSpots(spots: ReadonlyMap<FileId, Spot>): Promise<PackedSpots> {
  const ids = [...Float64Array.from(spots.keys()).sort()];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of spots.values()) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  const size = Math.max(right - left, bottom - top) || 1;
  const step = FULL / size;
  // The shorter side is centred.
  const [fromLeft, fromTop] = [(size - (right - left)) / 2 - left, (size - (bottom - top)) / 2 - top];
  const bytes = Buffer.alloc(4 * ids.length);
  const gaps: number[] = [];
  let last = 0;
  let at = 0;
  for await (const slice of slices(ids)) {
    for (const id of slice) {
      const { x, y } = spots.get(id) as Spot;
      bytes.writeUInt16LE(Math.round((x + fromLeft) * step), at);
      bytes.writeUInt16LE(Math.round((y + fromTop) * step), at + 2);
      gaps.push(id - last);
      last = id;
      at += 4;
    }
  }
  return { gaps, places: bytes.toString('base64') };
}
