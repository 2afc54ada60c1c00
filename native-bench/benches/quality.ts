import { embedAll } from '../lib/embed-all';
import { readPhotos, retrievalSets } from '../lib/photos';
import { publish } from '../lib/report';
import { retrieval } from '../lib/retrieval';

/** The same model and photos in Python: PIL, Lanczos to 224 × 224, onnxruntime. */
const REFERENCE: Record<string, [recallAt1: number, precisionAt7: number]> = {
  food11: [0.798, 0.695],
  dish: [0.528, 0.426],
  produce: [0.561, 0.295],
  sku: [0.659, 0.288],
};
const TOLERANCE = 0.01;

/** How often the nearest neighbours show the same kind of thing. */
export async function run(): Promise<void> {
  const rows: Array<Array<string | number>> = [];
  const targets = [];
  for (const [name, photos] of Object.entries(retrievalSets(readPhotos()))) {
    const vectors = await embedAll(photos.map(({ path }) => path));
    const labels = photos.map((photo) => photo.class);
    const { queries, recallAt1, precisionAt7 } = retrieval(vectors, labels);
    const [recall, precision] = REFERENCE[name];
    rows.push([
      name,
      photos.length,
      new Set(labels).size,
      queries,
      fixed(recallAt1),
      fixed(precisionAt7),
      recall,
      precision,
    ]);
    for (const [what, measured, reference] of [
      ['recall@1', recallAt1, recall],
      ['precision@7', precisionAt7, precision],
    ] as const) {
      const met = Math.abs(measured - reference) <= TOLERANCE || measured > reference;
      targets.push({ name: `${name} ${what}`, wanted: `${reference} ± ${TOLERANCE}`, measured: fixed(measured), met });
    }
  }
  publish('quality', {
    title: 'Retrieval quality',
    method:
      'Bundled model (efficientnet-lite0), every photo of a set asked against the others of its set, exact search over the vectors of the embedder process. The sets hold the near-duplicate variants of their photos, as those of the reference do: the same model in Python (PIL, Lanczos to 224 × 224).',
    columns: [
      'Set',
      'Photos',
      'Classes',
      'Queries',
      'recall@1',
      'precision@7',
      'reference recall@1',
      'reference precision@7',
    ],
    rows,
    targets,
  });
}

const fixed = (value: number) => value.toFixed(3);
