import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Preprocessing } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import type { Embedder, EmbedResult } from '../../plugin/ports';
import { compilePlugin } from '../helpers/compiled';
import { watchPeakMemory } from '../helpers/peak-memory';
import { sharedDir } from '../helpers/shared';

const MAX_BYTES = 1e9;
const LARGE = ['interlaced.png', 'progressive.jpg', 'large.webp', 'large.tiff'];

/** Runs the compiled process: a TypeScript loader would be counted in its memory. */
describe('pictures that are not what one expects', () => {
  const dist = compilePlugin();
  const folder = mkdtempSync(path.join(tmpdir(), 'similar-odd-'));
  after(() => {
    rmSync(dist, { recursive: true });
    rmSync(folder, { recursive: true });
  });

  async function withEmbedder(resize: Preprocessing['resize'], use: (embedder: Embedder) => Promise<void>) {
    const { createEmbedder } = require(path.join(dist, 'plugin/embedder/embedder.js'));
    const embedder: Embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0', { resize }) });
    const peakMemory = watchPeakMemory(embedder);
    try {
      await use(embedder);
    } finally {
      const peak = peakMemory();
      await embedder.close();
      assert.ok(peak === undefined || peak <= MAX_BYTES, `${peak} bytes`);
    }
  }

  async function embedAll(embedder: Embedder, files: string[]): Promise<Array<[name: string, result: EmbedResult]>> {
    return Promise.all(
      files.map(async (file): Promise<[string, EmbedResult]> => {
        const result = await embedder.embed(file);
        if (!result.ok) assert.match(result.reason, /^[A-Z].{20,}\.$/, file);
        return [path.basename(file), result];
      }),
    );
  }

  const shared = sharedDir();
  for (const resize of ['lanczos3', 'nearest'] as const) {
    test(
      `every one ends embedded, failed or unsupported, within its memory: ${resize}`,
      {
        skip: shared ? false : 'needs ../shared/photos/odd, which is not there',
      },
      () =>
        withEmbedder(resize, async (embedder) => {
          const odd = path.join(shared ?? '', 'photos/odd');
          const files = readdirSync(odd).map((name) => path.join(odd, name));
          const results = await embedAll(embedder, files);
          for (const [name, result] of results) {
            const refused = /\.(jp2|ico)$|text_named|17000x17000/.test(name);
            const plain =
              /one_pixel|mode_palette|big-height/.test(name) || (name === 'sharp_p3.png' && resize === 'lanczos3');
            assert.equal(!result.ok && result.state === 'unsupported', refused || plain, name);
            if (plain) assert.equal(!result.ok && result.code, 'NOTHING_VISIBLE', name);
          }
          assert.ok(results.filter(([, { ok }]) => ok).length > 40);
          assert.equal(embedder.status().restarts, 0);
        }),
    );
  }

  before(async () => {
    const files = LARGE.map((name) => path.join(folder, name));
    const large = sharp({ create: { width: 9_000, height: 10_000, channels: 3, background: '#246' } }).extend({
      right: 1_000,
      background: '#fff',
    });
    await large.clone().png({ progressive: true, compressionLevel: 1 }).toFile(files[0]);
    await large.clone().jpeg({ progressive: true }).toFile(files[1]);
    await large.clone().webp({ effort: 0 }).toFile(files[2]);
    await large.clone().tiff({ compression: 'deflate', tile: true }).toFile(files[3]);
  });

  test('the largest pictures that are allowed, many at once, are embedded within the memory', () =>
    withEmbedder('lanczos3', async (embedder) => {
      const files = [...LARGE, ...LARGE].map((name) => path.join(folder, name));
      for (const [name, result] of await embedAll(embedder, files)) assert.ok(result.ok, name);
      assert.equal(embedder.status().restarts, 0);
    }));

  test('nearest has to decode them as a whole: within the memory too, or given up', () =>
    withEmbedder('nearest', async (embedder) => {
      for (const [name, result] of await embedAll(
        embedder,
        LARGE.map((name) => path.join(folder, name)),
      )) {
        assert.ok(result.ok || result.code === 'DECODER_MEMORY', name);
      }
    }));
});
