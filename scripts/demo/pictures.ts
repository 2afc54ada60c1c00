import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from './catalogue/products';
import { renderShot, SHOTS } from './catalogue/shots';
import { DemoError, type Offer } from './offer';

const ROOT = path.resolve(__dirname, '../..');
const FOOD = path.resolve(ROOT, '../shared/photos/food');
const FOOD_LIMIT = 300;
const PICTURE = /\.(jpe?g|png|webp|avif|gif|tiff?|svg)$/i;

export interface PictureChoice {
  /** Folder with pictures; a subfolder is a product group. */
  images?: string;
  /** At most so many pictures. */
  limit?: number;
}

interface Group {
  name: string;
  files: string[];
}

const byName = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

function groupsOf(folder: string): Group[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const picturesIn = (dir: string) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((file) => PICTURE.test(file))
      .sort(byName)
      .map((file) => path.join(dir, file));
  const loose = entries.filter((entry) => entry.isFile() && PICTURE.test(entry.name)).map((entry) => entry.name);
  const groups = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, files: picturesIn(path.join(folder, entry.name)) }));
  groups.push({ name: path.basename(folder), files: loose.sort(byName).map((file) => path.join(folder, file)) });
  return groups.filter((group) => group.files.length > 0).sort((a, b) => byName(a.name, b.name));
}

/** Takes the first of each group, then the second of each, … so that every group is there; then group by group. */
export function spread(groups: Group[], limit: number): Group[] {
  const taken = groups.map(({ name }) => ({ name, files: [] as string[] }));
  let left = limit;
  for (let round = 0; left > 0 && groups.some(({ files }) => files.length > round); round++) {
    for (const [at, { files }] of groups.entries()) {
      if (left === 0 || files.length <= round) continue;
      taken[at].files.push(files[round]);
      left--;
    }
  }
  return taken.filter(({ files }) => files.length > 0);
}

/** `dish-butter-chicken` → `Butter chicken`. */
function readable(group: string): string {
  const words = group
    .replace(/^(dish|food11|produce)-/, '')
    .replaceAll(/[-_]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function offerOf(folder: string, group: Group, file: string, at: number): Offer {
  const inFolder = path.relative(folder, file).replaceAll(path.sep, '/');
  const name = `${readable(group.name)} ${at + 1}`;
  const price = Number((3 + ((at * 7) % 23) + 0.9).toFixed(2));
  return {
    sku: inFolder,
    category: readable(group.name),
    name: { en: name, de: name },
    description: { en: `${name}, from ${path.basename(file)}.`, de: `${name}, aus ${path.basename(file)}.` },
    price,
    purchasePrice: Number((price * 0.6).toFixed(2)),
    stock: (at * 5) % 30,
    images: [{ name: inFolder.replaceAll('/', '-'), source: file }],
  };
}

function offersFromFolder(folder: string, limit: number): Offer[] {
  const groups = spread(groupsOf(folder), limit);
  if (groups.length === 0) {
    throw new DemoError(`${folder} has no pictures.`, 'Put JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG files there.');
  }
  return groups.flatMap((group) => group.files.map((file, at) => offerOf(folder, group, file, at)));
}

function offersFromCatalogue(limit: number): Offer[] {
  const products = catalogue().slice(0, Math.ceil(limit / SHOTS.length));
  return products.map((product) => ({
    ...product,
    category: product.family.category.en,
    images: SHOTS.map((shot) => ({
      name: `${product.sku}-${shot}.jpg`,
      source: () => renderShot(product, shot),
    })),
  }));
}

/** Offers from the named folder, else from the photos beside the repository, else from the drawn catalogue. */
export function chooseOffers({ images, limit }: PictureChoice): Offer[] {
  if (images) return offersFromFolder(images, limit ?? Number.POSITIVE_INFINITY);
  if (existsSync(FOOD)) return offersFromFolder(FOOD, limit ?? FOOD_LIMIT);
  return offersFromCatalogue(limit ?? Number.POSITIVE_INFINITY);
}
