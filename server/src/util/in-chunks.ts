import { gather } from '../../../plugin/gather';
import { chunks } from '../../../plugin/store/chunks';

/**
 * What the ids of one request or batch ask for in one turn becomes one query, or a few where it would be too long.
 * @param find what is missing in its answer is undefined.
 */
export function inChunks<Key, Found>(
  find: (keys: Key[]) => Promise<ReadonlyMap<Key, Found>>,
): (key: Key) => Promise<Found | undefined> {
  return gather(async (wanted: Key[]) => {
    const keys = [...new Set(wanted)];
    const found = new Map<Key, Found>();
    for (const chunk of chunks(keys)) for (const [key, value] of await find(chunk)) found.set(key, value);
    return wanted.map((key) => found.get(key));
  });
}
