import type { Preprocessing } from '../../plugin/models/model';
import { dot } from '../lib/dot';
import { embedAll } from '../lib/embed-all';
import { readPhotos, retrievalSets } from '../lib/photos';
import { publish } from '../lib/report';
import { retrieval } from '../lib/retrieval';
import { originOf } from './near-duplicates';

const MODES: ReadonlyArray<Preprocessing['resize']> = ['lanczos3', 'nearest'];
/** The mean cosine of a photo to its variants: what is the same photo shall stay alike. */
async function steadiness(resize: Preprocessing['resize']): Promise<number> {
  const photos = readPhotos().filter(({ category }) => ['food', 'products', 'neardup'].includes(category));
  const origins = photos.map(originOf);
  const varied = new Set(origins.flatMap(({ origin, variant }) => (variant ? [origin] : [])));
  const families = photos.filter((_, at) => varied.has(origins[at].origin));
  const vectors = await embedAll(
    families.map(({ path }) => path),
    { resize },
  );
  const known = families.map(originOf);
  const cosines = known.flatMap(({ origin, variant }, at) => {
    const original = known.findIndex((other) => other.origin === origin && !other.variant);
    return variant && original >= 0 ? [dot(vectors[at], vectors[original])] : [];
  });
  return cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
}

const fixed = (value: number) => value.toFixed(3);

/** Which way of bringing a picture to the model's size finds more of the same kind. */
export async function run(): Promise<void> {
  const rows: Array<Array<string | number>> = [];
  for (const resize of MODES) {
    const precisions: number[] = [];
    const recalls: number[] = [];
    const start = performance.now();
    for (const photos of Object.values(retrievalSets(readPhotos()))) {
      const vectors = await embedAll(
        photos.map(({ path }) => path),
        { resize },
      );
      const { precisionAt7, recallAt1 } = retrieval(
        vectors,
        photos.map((photo) => photo.class),
      );
      precisions.push(precisionAt7);
      recalls.push(recallAt1);
    }
    const seconds = (performance.now() - start) / 1000;
    const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const steady = await steadiness(resize);
    rows.push([
      resize,
      ...precisions.map(fixed),
      fixed(meanOf(precisions)),
      fixed(meanOf(recalls)),
      fixed(steady),
      seconds.toFixed(0),
    ]);
  }
  publish('preprocessing', {
    title: 'Preprocessing',
    method:
      'precision@7 of the bundled model on the sets of the quality bench, exact search, with both ways of bringing a picture to 224 × 224: `lanczos3` (antialiased, turned by its EXIF orientation, colours to sRGB) and `nearest` (bit for bit Keras’ load_img). The official ResNet50 weights were not to be had where this ran.',
    columns: [
      'resize',
      'food11',
      'dish',
      'produce',
      'sku',
      'mean precision@7',
      'mean recall@1',
      'cosine to variants',
      's',
    ],
    rows,
  });
}
