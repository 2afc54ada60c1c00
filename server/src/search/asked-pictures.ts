import type { FileId } from '../../../plugin/ports';
import type { Weights } from '../../../plugin/search/weights';
import { evenly } from '../util/evenly';

/** Each is a search of its own. */
const MOST = 20;

/** Of an item's pictures those that are searched with: the heaviest, and of equally heavy ones some that are evenly chosen. */
export function askedPictures(pictures: readonly FileId[], weights?: Weights): FileId[] {
  if (pictures.length <= MOST) return [...pictures];
  const weightOf = (id: FileId) => weights?.get(id) ?? 1;
  const asked: FileId[] = [];
  for (const weight of [...new Set(pictures.map(weightOf))].sort((a, b) => b - a)) {
    const alike = pictures.filter((id) => weightOf(id) === weight);
    asked.push(...evenly(alike, MOST - asked.length));
  }
  return asked;
}
