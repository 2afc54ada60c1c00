import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { sha256Of } from '../../plugin/files/sha256';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { memoryOf } from '../helpers/peak-memory';
import { sharedDir } from '../helpers/shared';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-memory-'));
after(() => rmSync(folder, { recursive: true }));

const shared = sharedDir();
const weights = shared && path.join(shared, 'models/resnet50_synthetic_notop.h5');

const MODELS: Array<[name: string, model: () => Promise<ResolvedModel>, skip: string | false]> = [
  ['efficientnet-lite0', () => resolveModel('efficientnet-lite0'), false],
  [
    'resnet50',
    async () =>
      resolveModel('resnet50', { cacheDir: folder, path: weights, sha256: await sha256Of(weights as string) }),
    weights ? false : 'needs ../shared/models/resnet50_synthetic_notop.h5, which is not there',
  ],
];

/** Larger than most uploads: 24 megapixels. */
const LARGE = { width: 6_000, height: 4_000 };
const MIB = 2 ** 20;
/** One session takes 340 to 450, as its threads come to allocate; two took 655 and more. */
const MOST_HELD = 550 * MIB;

for (const [name, model, skip] of MODELS) {
  test(`${name}: small when ready, and many searches and explanations over large pictures end no process`, {
    skip,
  }, async () => {
    const large = path.join(folder, 'large.jpg');
    const background = { r: 180, g: 90, b: 40 };
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const small = await sharp({ create: { width: 600, height: 400, channels: 3, background, noise } })
      .png()
      .toBuffer();
    await sharp(small).resize(LARGE).jpeg({ quality: 60 }).toFile(large);

    const embedder = createEmbedder({ model: await model(), batchSize: 8 });
    try {
      await embedder.embed(large);
      const held = memoryOf(embedder);
      assert.ok(held === undefined || held <= MOST_HELD, `${held} bytes`);
      const searches = Array.from({ length: 24 }, () => embedder.embed(large));
      // Those that wait too long are refused, which is no matter here.
      const explanations = Array.from({ length: 24 }, () => embedder.explain(large, large).catch(() => undefined));
      for (const result of await Promise.all(searches)) assert.equal(result.ok, true);
      await Promise.all(explanations);
      assert.equal(embedder.status().restarts, 0);
    } finally {
      await embedder.close();
    }
  });
}
