import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dot } from '../lib/dot';
import { embedAll } from '../lib/embed-all';
import { type Copies, enlarged } from '../lib/enlarged';
import { readPhotos, retrievalSets } from '../lib/photos';
import { publish } from '../lib/report';
import { retrieval } from '../lib/retrieval';
import { quantile } from '../lib/stats';

const WIDTH = 1000;
/** Largest loss of precision@7 in any set. */
const MOST_LOST = 0.01;

const fixed = (value: number) => value.toFixed(3);

/** What is lost when Strapi's format of 500 pixels is embedded instead of the original. */
export async function run(): Promise<void> {
  const rows: Array<Array<string | number>> = [];
  const targets = [];
  for (const [name, photos] of Object.entries(retrievalSets(readPhotos()))) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-bench-'));
    try {
      const copies: Copies[] = [];
      for (const photo of photos) copies.push(await enlarged(photo.path, { folder, width: WIDTH }));
      const originals = await embedAll(copies.map(({ original }) => original));
      const derivatives = await embedAll(copies.map(({ derivative }) => derivative));
      const labels = photos.map((photo) => photo.class);
      const [of, by] = [retrieval(originals, labels), retrieval(derivatives, labels)];
      const cosines = originals.map((vector, at) => dot(vector, derivatives[at]));
      const lost = of.precisionAt7 - by.precisionAt7;
      rows.push([
        name,
        photos.length,
        ...[of.precisionAt7, by.precisionAt7, of.recallAt1, by.recallAt1].map(fixed),
        ...[quantile(cosines, 0.5), quantile(cosines, 0.01)].map((value) => value.toFixed(4)),
      ]);
      targets.push({
        name: `${name}: precision@7 lost`,
        wanted: `at most ${MOST_LOST}`,
        measured: fixed(lost),
        met: lost <= MOST_LOST,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  publish('derivatives', {
    title: 'Smaller copies: what is found',
    method: `precision@7 and recall@1 of the bundled model on the sets of the quality bench, exact search, with \`limits.source\` \`original\` and \`derivative\`. The photos have at most 320 pixels a side, so Strapi would make no format of them: each is enlarged to ${WIDTH} pixels and saved as JPEG of quality 80, as Strapi does with an upload; the derivative is made of that as Strapi makes \`small\` (500 pixels, JPEG of quality 80). Both are embedded. No photo here has details of its own at ${WIDTH} pixels.`,
    columns: [
      'Set',
      'Photos',
      'precision@7 original',
      'precision@7 derivative',
      'recall@1 original',
      'recall@1 derivative',
      'median cosine of the two',
      'of the least alike 1 %',
    ],
    rows,
    targets,
  });
}
