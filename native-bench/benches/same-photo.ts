import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { resolveModel } from '../../plugin/models/resolve';
import { Photo } from '../../plugin/same-photo/photo';
import { compare, isSamePhoto, LEAST_CROP, LEAST_WHOLE, MOST_DIFFERENCE } from '../../plugin/same-photo/same-photo';
import { LEAST_CUT } from '../../plugin/search/photo-verdicts';
import { lineChart } from '../lib/chart';
import { dot } from '../lib/dot';
import { embedResults } from '../lib/embed-all';
import { readPhotos } from '../lib/photos';
import { publish } from '../lib/report';
import { originOf } from './near-duplicates';

const CHART = path.resolve(__dirname, '../../docs/images/same-photo.svg');
/** Photos of which copies are made, beside those that the folder has copies of. */
const VARIED = 240;

type Change = (picture: sharp.Sharp, size: { width: number; height: number }, at: number) => sharp.Sharp;

/** A part of the picture; which one differs from photo to photo. */
const cut =
  (share: number): Change =>
  (picture, { width, height }, at) => {
    const [w, h] = [Math.round(share * width), Math.round(share * height)];
    const place = (free: number, step: number) => Math.round(free * ((at * step) % 1));
    return picture.extract({ left: place(width - w, 0.618), top: place(height - h, 0.414), width: w, height: h });
  };

const CHANGES: Record<string, Change> = {
  'JPEG of quality 30': (picture) => picture.jpeg({ quality: 30 }),
  'half the size': (picture, { width, height }) =>
    picture.resize(Math.ceil(width / 2), Math.ceil(height / 2), { fit: 'fill' }),
  'darker (0.7)': (picture) => picture.linear(0.7, 0),
  'brighter (1.3)': (picture) => picture.linear(1.3, 0),
  'brighter (1.5)': (picture) => picture.linear(1.5, 0),
  mirrored: (picture) => picture.flop(),
  'turned by 90°': (picture) => picture.rotate(90),
  'turned by 180°': (picture) => picture.rotate(180),
  'cut to 90 % of its sides': cut(0.9),
  'cut to 80 % of its sides': cut(0.8),
};

/** How well copies of a photo are told from other photos, among them other shots of one thing and one shot with the thing dyed. */
export async function run(): Promise<void> {
  const photos = readPhotos().filter(({ category }) => ['food', 'products', 'neardup'].includes(category));
  const originals = photos.filter(({ category }) => category !== 'neardup');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'same-photo-'));
  const embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0') });
  try {
    const pictures = photos.map((photo) => ({ path: photo.path, photo, ...originOf(photo) }));
    const chosen = originals.filter((_, at) => at % Math.floor(originals.length / VARIED) === 0).slice(0, VARIED);
    for (const [at, photo] of chosen.entries()) {
      const { width, height } = await sharp(photo.path).metadata();
      for (const [kind, change] of Object.entries(CHANGES)) {
        const saved = path.join(folder, `${at}-${Object.keys(CHANGES).indexOf(kind)}.jpg`);
        const changed = change(sharp(photo.path).flatten(), { width, height }, at);
        await (kind.startsWith('JPEG') ? changed : changed.jpeg({ quality: 88 })).toFile(saved);
        pictures.push({ path: saved, photo, origin: originOf(photo).origin, variant: kind });
      }
    }
    const embedded = await embedResults(
      embedder,
      pictures.map((picture) => picture.path),
    );
    const known = embedded.map(({ vector, miniature }) => ({ vector, photo: new Photo(miniature as Uint8Array) }));
    const placeOf = new Map(pictures.flatMap(({ origin, variant }, at) => (variant ? [] : [[origin, at] as const])));

    const copies = pictures.flatMap(({ origin, variant }, at) => {
      const original = placeOf.get(origin);
      return variant && original !== undefined ? [{ kind: variant, a: original, b: at }] : [];
    });
    // What may be taken for a copy: looked at are pairs of originals that the model finds alike.
    const others: Array<{ a: number; b: number; cosine: number }> = [];
    const places = [...placeOf.values()];
    for (const [at, a] of places.entries()) {
      for (const b of places.slice(at + 1)) {
        const cosine = dot(known[a].vector, known[b].vector);
        if (cosine >= LEAST_CUT) others.push({ a, b, cosine });
      }
    }
    const isOne = ({ a, b }: { a: number; b: number }) => isSamePhoto(known[a].photo, known[b].photo);
    const before = process.cpuUsage();
    const wrong = others.filter(isOne);
    const spent = process.cpuUsage(before).user / 1_000 / others.length;
    const found = copies.filter(isOne);
    const cosineOf = ({ a, b }: { a: number; b: number }) => dot(known[a].vector, known[b].vector);

    const kinds = [...new Set(copies.map(({ kind }) => kind))].sort();
    const share = <Item>(items: readonly Item[], which: (item: Item) => boolean) =>
      (items.filter(which).length / items.length).toFixed(3);
    const rows = kinds.map((kind) => {
      const ofKind = copies.filter((copy) => copy.kind === kind);
      return [kind, ofKind.length, share(ofKind, isOne), share(ofKind, (copy) => cosineOf(copy) >= 0.9)];
    });
    publish('same-photo', {
      title: 'The same photo',
      method: `Copies of ${new Set(copies.map(({ a }) => a)).size} photos among ${places.length} (bundled model): those that the folder has (one word each), and copies made here. Found: \`isSamePhoto\`, which looks at miniatures of 1.5 KB; beside it what a cosine of 0.9 finds. Wrong: of the ${others.length} pairs of other photos with a cosine of at least ${LEAST_CUT}, ${wrong.length} are called the same photo (${wrong.map(({ a, b }) => `${nameOf(pictures[a].path)} and ${nameOf(pictures[b].path)}`).join('; ')}), ${others.filter(({ cosine }) => cosine >= 0.9).length} have a cosine of 0.9. Precision over all pairs: ${(found.length / (found.length + wrong.length)).toFixed(4)}; of a cosine of 0.9: ${(copies.filter((copy) => cosineOf(copy) >= 0.9).length / (copies.filter((copy) => cosineOf(copy) >= 0.9).length + others.filter(({ cosine }) => cosine >= 0.9).length)).toFixed(4)}. Some of what is called wrong may be right: the photos are web scrapes. ${spent.toFixed(2)} ms of one core per pair of others.`,
      columns: ['Copy', 'n', 'Found', 'Found by cosine ≥ 0.9'],
      rows,
    });
    draw({ copies, others, known });
  } finally {
    await embedder.close();
    rmSync(folder, { recursive: true });
  }
}

const nameOf = (file: string) => path.basename(file).replace(/^image_|\.\w+$/g, '');

interface Curves {
  copies: ReadonlyArray<{ kind: string; a: number; b: number }>;
  others: ReadonlyArray<{ a: number; b: number }>;
  known: ReadonlyArray<{ photo: Photo }>;
}

/** What each threshold on the details would find, with the colours as they are limited. */
function draw({ copies, others, known }: Curves): void {
  const measure = ({ a, b }: { a: number; b: number }) => compare(known[a].photo, known[b].photo);
  const isCut = ({ kind }: { kind: string }) => /cut|crop/.test(kind);
  const wholes = copies.filter((copy) => !isCut(copy)).map(measure);
  const crops = copies.filter(isCut).map(measure);
  const different = others.map(measure);
  const thresholds = Array.from({ length: 51 }, (_, at) => 0.5 + at * 0.01);
  const line = <Item>(items: readonly Item[], value: (item: Item) => number) =>
    thresholds.map((least): [number, number] => [
      least,
      items.filter((item) => value(item) >= least).length / items.length,
    ]);
  const whole = ({ whole: alike, colours }: ReturnType<typeof compare>) => (colours <= MOST_DIFFERENCE ? alike : -1);
  writeFileSync(
    CHART,
    lineChart({
      title: `Details in common (limits: ${LEAST_WHOLE} and ${LEAST_CROP})`,
      x: 'correlation of the details',
      series: {
        'whole copies': line(wholes, whole),
        'cut copies': line(crops, ({ crop = -1 }) => crop),
        'others, whole': line(different, whole),
        'others, cut': line(different, ({ crop = -1 }) => crop),
      },
    }),
  );
}
