import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { spaceOf } from '../../plugin/models/space';
import type { Embedder, EmbedResult } from '../../plugin/ports';
import { MINIATURE_BYTES } from '../../plugin/same-photo/miniature';
import { cosine, GOLDEN_MISSING, golden } from '../helpers/golden';

/** What every embedder does. */
export function embedderSuite(name: string, create: (model: ResolvedModel) => Embedder): void {
  describe(`embedder ${name}`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'similar-embedder-'));
    let model: ResolvedModel;
    let embedder: Embedder;

    before(async () => {
      model = await resolveModel('efficientnet-lite0');
      embedder = create(model);
    });
    after(async () => {
      await embedder?.close();
      rmSync(folder, { recursive: true });
    });

    async function picture(name: string, hue: number): Promise<string> {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="hsl(${hue} 60% 80%)"/>
        <circle cx="${60 + hue / 2}" cy="100" r="${30 + hue / 8}" fill="hsl(${hue + 120} 80% 40%)"/></svg>`;
      const file = path.join(folder, name);
      await sharp(Buffer.from(svg)).png().toFile(file);
      return file;
    }

    function vectorOf(result: EmbedResult): Float32Array {
      assert.ok(result.ok, JSON.stringify(result));
      return result.vector;
    }

    test('vectors have unit length and the space’s dimensions', async () => {
      assert.deepEqual(embedder.space, spaceOf(model));
      const result = await embedder.embed(await picture('one.png', 10));
      assert.equal(result.ok && result.miniature?.length, MINIATURE_BYTES);
      const vector = vectorOf(result);
      assert.ok(vector instanceof Float32Array);
      assert.equal(vector.length, embedder.space.dims);
      assert.equal(vector.byteLength, vector.buffer.byteLength, 'its own memory');
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    });

    for (const colour of ['white', 'black']) {
      test(`logos in ${colour} on transparent ground are no duplicates of each other, as PNG and as SVG`, async () => {
        const shapes = [
          '<circle cx="99" cy="99" r="70"/>',
          '<path d="M99 20 180 170H20z"/>',
          '<path d="M0 20h200v25H0zM0 90h200v25H0z"/>',
        ];
        const vectors = await Promise.all(
          shapes.map(async (shape, i) => {
            const svg = Buffer.from(
              `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><g fill="${colour}">${shape}</g></svg>`,
            );
            const files = [`${colour}-${i}.svg`, `${colour}-${i}.png`].map((file) => path.join(folder, file));
            writeFileSync(files[0], svg);
            await sharp(svg).png().toFile(files[1]);
            return Promise.all(files.map(async (file) => vectorOf(await embedder.embed(file))));
          }),
        );
        for (const [i, one] of vectors.entries()) {
          for (const other of vectors.slice(i + 1)) {
            for (const vector of one)
              for (const against of other) {
                const similarity = cosine(vector, against);
                assert.ok(similarity < 0.9, String(similarity));
              }
          }
        }
      });
    }

    test('each of many pictures gets its own vector, whatever it shares a batch with', async () => {
      const files = await Promise.all(
        Array.from({ length: 3 * embedder.capacity }, (_, i) => picture(`many-${i}.png`, (i * 37) % 360)),
      );
      const together = (await Promise.all(files.map((file) => embedder.embed(file)))).map(vectorOf);
      for (const i of [0, 5, files.length - 1]) {
        assert.ok(cosine(vectorOf(await embedder.embed(files[i])), together[i]) > 0.999999);
        assert.ok(cosine(together[i], together[(i + 3) % files.length]) < 0.9999);
      }
    });

    test('a bad picture is a result with a sentence, and its neighbours succeed', async () => {
      const bad = path.join(folder, 'bad.jpg');
      writeFileSync(bad, 'not a picture');
      const good = await picture('good.png', 200);
      const results = await Promise.all([good, bad, good, path.join(folder, 'none.png')].map((f) => embedder.embed(f)));
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : `${result.state} ${result.code}`)),
        ['ok', 'unsupported UNSUPPORTED_FORMAT', 'ok', 'failed BYTES_MISSING'],
      );
      for (const result of results) {
        if (result.ok) continue;
        assert.match(result.reason, /^[A-Z].*\.$/);
        assert.ok(!result.reason.includes(folder), 'no paths');
      }
    });

    test('the status says which engine and device are used', async () => {
      await embedder.embed(await picture('status.png', 0));
      const { engine, device, state, problem } = embedder.status();
      assert.equal(state, 'ready');
      assert.equal(problem, undefined);
      assert.ok(engine.length > 0 && device.length > 0 && device !== 'unknown');
    });

    const entries = golden();
    test('golden embeddings: cosine ≥ 0.9999', { skip: entries ? false : GOLDEN_MISSING }, async () => {
      for (const { png, efficientnet_lite0 } of entries ?? []) {
        assert.ok(cosine(vectorOf(await embedder.embed(png)), efficientnet_lite0) >= 0.9999, png);
      }
    });

    test('close: what is being worked on gets its result, what waits and what comes later is refused', async () => {
      const other = create(model);
      const file = await picture('close.png', 100);
      await other.embed(file);
      const asked = Array.from({ length: other.capacity + 3 }, () => other.embed(file));
      const outcomes = Promise.allSettled(asked);
      await other.close();
      await other.close();
      const statuses = (await outcomes).map(({ status }) => status);
      assert.deepEqual(statuses.slice(0, other.capacity), Array(other.capacity).fill('fulfilled'));
      assert.deepEqual(statuses.slice(other.capacity), Array(3).fill('rejected'));
      await assert.rejects(other.embed(file), { code: 'EMBEDDER_UNAVAILABLE' });
      assert.equal(other.status().state, 'closed');
    });
  });
}
