import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { lineChart } from '../lib/chart';
import { dot } from '../lib/dot';
import { embedAll } from '../lib/embed-all';
import { PHOTO_DIR, type Photo, readPhotos } from '../lib/photos';
import { publish } from '../lib/report';

const CHART = path.resolve(__dirname, '../../docs/images/near-duplicates.svg');
const THRESHOLDS = Array.from({ length: 81 }, (_, at) => 0.6 + at * 0.005);
const SHOWN = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98];

/** The photo that a picture is a variant of, itself for all others; and which kind of variant. */
export function originOf({ path: file, category }: Photo): { origin: string; variant?: string } {
  const name = path.basename(file);
  const [, base, variant] = (category === 'neardup' && /^(.*)__(\w+)\.jpg$/.exec(name)) || [];
  return base ? { origin: base, variant } : { origin: name.replace(/\.\w+$/, '') };
}

/** How well a threshold on the cosine tells variants of one photo from other photos. */
export async function run(): Promise<void> {
  const photos = readPhotos().filter(({ category }) => ['food', 'products', 'neardup'].includes(category));
  const vectors = await embedAll(photos.map((photo) => photo.path));
  const origins = photos.map(originOf);
  const varied = new Set(origins.filter(({ variant }) => variant).map(({ origin }) => origin));

  /** Cosines of a variant to its photo, by kind; of other pairs, how many reach each threshold. */
  const ofVariant: Record<string, number[]> = {};
  const others = new Float64Array(THRESHOLDS.length);
  const same: number[] = [];
  let otherPairs = 0;
  for (let a = 0; a < photos.length; a++) {
    for (let b = a + 1; b < photos.length; b++) {
      if (!varied.has(origins[a].origin) && !varied.has(origins[b].origin)) continue;
      const cosine = dot(vectors[a], vectors[b]);
      if (origins[a].origin === origins[b].origin) {
        same.push(cosine);
        const kind = origins[a].variant === undefined ? origins[b].variant : origins[a].variant;
        if (!origins[a].variant || !origins[b].variant)
          ofVariant[kind as string] = [...(ofVariant[kind as string] ?? []), cosine];
        continue;
      }
      otherPairs++;
      for (let t = 0; t < THRESHOLDS.length && cosine >= THRESHOLDS[t]; t++) others[t]++;
    }
  }

  const share = (cosines: number[], least: number) => cosines.filter((c) => c >= least).length / cosines.length;
  const kinds = Object.keys(ofVariant).sort();
  const at = (least: number) => {
    const found = share(same, least) * same.length;
    const wrong = others[Math.round((least - THRESHOLDS[0]) / 0.005)];
    return { recall: share(same, least), precision: found / (found + wrong || 1) };
  };
  const rows = SHOWN.map((least) => {
    const { recall, precision } = at(least);
    return [least, fixed(recall), fixed(precision), ...kinds.map((kind) => fixed(share(ofVariant[kind], least)))];
  });
  publish('near-duplicates', {
    title: 'Near-duplicates',
    method: `${varied.size} photos with six variants each (${kinds.join(', ')}) among ${photos.length} others, bundled model. Recall: pairs within a photo's family at or above the threshold; precision: the share of the family's pairs among all pairs at or above it that a family takes part in (${otherPairs} others). The columns after that: recall of one kind of variant against its photo. The photos are web scrapes: some of the “others” are the same photo, so precision is a lower bound.`,
    columns: ['Cosine ≥', 'Recall', 'Precision', ...kinds],
    rows,
  });
  const line = (pick: 'recall' | 'precision') => THRESHOLDS.map((least): [number, number] => [least, at(least)[pick]]);
  writeFileSync(
    CHART,
    lineChart({
      title: 'Near-duplicates by threshold',
      x: 'cosine',
      series: { recall: line('recall'), precision: line('precision') },
    }),
  );
  console.log(`Photos from ${PHOTO_DIR}`);
}

const fixed = (value: number) => value.toFixed(3);
