import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Photo {
  path: string;
  category: string;
  class: string;
  groupKind: string;
}

/** Labelled photos: `PHOTOS` names the folder, by default `../shared/photos` beside the repository. */
export const PHOTO_DIR = process.env.PHOTOS ?? path.resolve(__dirname, '../../../shared/photos');

/** The rows of manifest.csv. @throws Error when the folder is not there. */
export function readPhotos(): Photo[] {
  const manifest = path.join(PHOTO_DIR, 'manifest.csv');
  if (!existsSync(manifest)) throw new Error(`No photos at ${PHOTO_DIR}: name a folder with a manifest.csv in PHOTOS`);
  const [head, ...rows] = readFileSync(manifest, 'utf8').trim().split('\n').map(cells);
  const column = (name: string) => head.indexOf(name);
  const [file, category, label, kind] = ['path', 'category', 'class', 'group_kind'].map(column);
  return rows.map((row) => ({
    path: path.join(PHOTO_DIR, row[file]),
    category: row[category],
    class: row[label],
    groupKind: row[kind],
  }));
}

/** The retrieval sets: a query's neighbours are sought within its set only. Near-duplicates of a set's photos belong to it. */
export function retrievalSets(photos: Photo[], { nearDuplicates = true } = {}): Record<string, Photo[]> {
  const food = (prefix: string) =>
    photos.filter(
      (p) => p.class.startsWith(prefix) && (p.category === 'food' || (nearDuplicates && p.category === 'neardup')),
    );
  return {
    food11: food('food11-'),
    dish: food('dish-'),
    produce: food('produce-'),
    sku: photos.filter((p) => p.category === 'products' && p.groupKind === 'sku'),
  };
}

/** `count` ordinary photos; when there are fewer they come again, each time with other bytes to be told apart by. */
export function ordinaryPhotos(count: number): string[] {
  const paths = Object.values(retrievalSets(readPhotos(), { nearDuplicates: false })).flatMap((set) =>
    set.map((photo) => photo.path),
  );
  return Array.from({ length: count }, (_, i) => paths[i % paths.length]);
}

/** Cells of a line; quoted ones may hold commas. */
function cells(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|\r?$)/g)]
    .map(([, cell]) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
    .slice(0, 16);
}
