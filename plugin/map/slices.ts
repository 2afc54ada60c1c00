import { setImmediate as turn } from 'node:timers/promises';

/** A few milliseconds of work each. */
const SLICE = 5_000;

/** Goes through many things with room for requests between the slices. */
export async function* slices<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  for (let from = 0; from < items.length; from += SLICE) {
    if (from > 0) await turn();
    yield items.slice(from, from + SLICE);
  }
}
