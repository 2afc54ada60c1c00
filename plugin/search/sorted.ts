import { setImmediate as breathe } from 'node:timers/promises';

/** Sorted at once, in a millisecond or so. */
const RUN = 2 ** 14;

/** Sorts numbers, ascending, as `keys.sort()` does; others have their turn meanwhile. */
export async function sorted(keys: Float64Array): Promise<Float64Array> {
  let from = keys.slice();
  let to = new Float64Array(keys.length);
  for (let start = 0; start < from.length; start += RUN) {
    from.subarray(start, start + RUN).sort();
    await breathe();
  }
  for (let width = RUN; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const [middle, end] = [Math.min(start + width, from.length), Math.min(start + 2 * width, from.length)];
      for (let at = start, a = start, b = middle; at < end; at++) {
        to[at] = b >= end || (a < middle && from[a] <= from[b]) ? from[a++] : from[b++];
        if (at % RUN === RUN - 1) await breathe();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
