import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { configSchema } from '../../plugin/contracts/config';
import { lineChart } from '../lib/chart';
import { dot } from '../lib/dot';
import { embedAll } from '../lib/embed-all';
import { readPhotos } from '../lib/photos';
import { publish } from '../lib/report';
import { quantile } from '../lib/stats';
import { originOf } from './near-duplicates';

const CHART = path.resolve(__dirname, '../../docs/images/thresholds.svg');
/** Every so many photos is saved anew. */
const EVERY = 10;
const STEP = 0.01;
const STEPS = Array.from({ length: 101 }, (_, at) => at * STEP);

/** Ways in which the same picture comes to have other bytes. */
const SAVES = {
  jpeg90: (file: string) => sharp(file).jpeg({ quality: 90 }),
  webp90: (file: string) => sharp(file).webp({ quality: 90 }),
  png: (file: string) => sharp(file).png(),
};

/** Counts cosines by steps of 0.01: millions of them need no list. */
class Distribution {
  private readonly counts = new Float64Array(STEPS.length);
  total = 0;

  add(cosine: number): void {
    this.total++;
    this.counts[Math.min(STEPS.length - 1, Math.max(0, Math.floor(cosine / STEP + 1e-9)))]++;
  }

  /** Share of them at or above a cosine of whole hundredths. */
  share(least: number): number {
    let count = 0;
    for (let at = Math.round(least / STEP); at < STEPS.length; at++) count += this.counts[at];
    return count / this.total;
  }

  count = (least: number): number => this.share(least) * this.total;
}

async function savedAnew(paths: readonly string[]): Promise<Array<{ of: number; path: string; how: string }>> {
  const made: Array<{ of: number; path: string; how: string }> = [];
  for (let of = 0; of < paths.length; of += EVERY) {
    for (const [how, save] of Object.entries(SAVES)) {
      const file = path.join(dir, `${of}-${how}`);
      await save(paths[of]).toFile(file);
      made.push({ of, path: file, how });
    }
  }
  return made;
}

let dir: string;

/** Cosines of pictures saved anew, of variants of one photo, of one class, and of different ones: where the defaults come from. */
export async function run(): Promise<void> {
  dir = mkdtempSync(path.join(os.tmpdir(), 'similar-thresholds-'));
  try {
    await measure();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(): Promise<void> {
  const photos = readPhotos().filter(({ category }) => ['food', 'products', 'neardup'].includes(category));
  const vectors = await embedAll(photos.map((photo) => photo.path));
  const again = await savedAnew(photos.map((photo) => photo.path));
  const againVectors = await embedAll(again.map((saved) => saved.path));

  const identical = again.map(({ of }, at) => dot(vectors[of], againVectors[at]));
  const sets = { saved: new Distribution(), variants: new Distribution(), class: new Distribution() };
  const others = new Distribution();
  const ofFamilies = new Distribution();
  for (const cosine of identical) sets.saved.add(cosine);
  const origins = photos.map(originOf);
  const varied = new Set(origins.filter(({ variant }) => variant).map(({ origin }) => origin));
  for (let a = 0; a < photos.length; a++) {
    for (let b = a + 1; b < photos.length; b++) {
      const cosine = dot(vectors[a], vectors[b]);
      const inFamily = origins[a].origin === origins[b].origin;
      const isVariant = origins[a].variant !== undefined || origins[b].variant !== undefined;
      if (inFamily) sets.variants.add(cosine);
      else if (varied.has(origins[a].origin) || varied.has(origins[b].origin)) ofFamilies.add(cosine);
      if (isVariant) continue;
      if (photos[a].class === photos[b].class) sets.class.add(cosine);
      else others.add(cosine);
    }
  }

  const precision = (least: number) => {
    const right = sets.variants.count(least);
    return right / (right + ofFamilies.count(least) || 1);
  };
  const fromBelow = (step: number, fits: (least: number) => boolean) => {
    for (let least = step; least < 1; least += step) if (fits(Math.round(least * 100) / 100)) return round(least);
    return 1;
  };
  const derived = {
    identical: Math.floor(quantile(identical, 0.01) * 100) / 100,
    nearDuplicate: fromBelow(0.05, (least) => precision(least) >= 0.8),
    similar: fromBelow(0.05, (least) => others.share(least) <= 0.01),
  };
  const { thresholds } = configSchema.parse({});
  const columns = ['Cosine ≥', 'saved anew', 'variants', 'precision for variants', 'same class', 'different classes'];
  const shown = [0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99];
  publish('thresholds', {
    title: 'Thresholds',
    method: `Bundled model, ${photos.length} photos. Share of pairs whose cosine is at least so large: ${sets.saved.total} pictures against themselves saved anew (${Object.keys(SAVES).join(', ')}), ${sets.variants.total} pairs of variants of one photo (crop, mirror, brightness, scale, turn, JPEG of quality 30), ${sets.class.total} pairs of one class, ${others.total} pairs of different classes. Precision: of the pairs that a photo with variants takes part in, those within its family. identical: the largest hundredth that 99 % of the pictures saved anew reach; nearDuplicate: the smallest step of 0.05 with a precision of 0.8; similar: the smallest step of 0.05 that at most 1 % of the pairs of different classes reach.`,
    columns,
    rows: shown.map((least) => [
      least,
      ...[sets.saved.share(least), sets.variants.share(least), precision(least), sets.class.share(least)].map((share) =>
        share.toFixed(3),
      ),
      others.share(least).toFixed(4),
    ]),
    targets: Object.entries(derived).map(([name, value]) => ({
      name: `default of thresholds.${name}`,
      wanted: String(value),
      measured: String(thresholds[name as keyof typeof derived]),
      met: value === thresholds[name as keyof typeof derived],
    })),
  });
  const line = (set: Distribution) =>
    STEPS.filter((x) => x >= 0.2).map((least): [number, number] => [least, set.share(least)]);
  const series = {
    'saved anew': line(sets.saved),
    variants: line(sets.variants),
    'same class': line(sets.class),
    others: line(others),
  };
  writeFileSync(CHART, lineChart({ title: 'Share of pairs at or above a cosine', x: 'cosine', series }));
}

const round = (value: number) => Math.round(value * 100) / 100;
