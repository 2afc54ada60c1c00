import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createEmbedder } from '../../../plugin/embedder/embedder';
import { type Decoding, decodePicture } from '../../../plugin/embedder/process/decode';
import { resolveModel } from '../../../plugin/models/resolve';
import { cosine } from '../../../plugin/vectors/cosine';
import { DECODING as LIMITS } from '../../helpers/decoding';

const FOLDER = path.join(__dirname, '../../fixtures/heic');
const SIZE = 32;

const DECODING: Decoding = { ...LIMITS, size: SIZE, timeoutMs: 60_000 };

const decode = (name: string, options: Partial<Decoding> = {}) =>
  decodePicture(path.join(FOLDER, name), { ...DECODING, ...options });

async function pixels(name: string, options: Partial<Decoding> = {}): Promise<Uint8Array> {
  const decoded = await decode(name, options);
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.pixels;
}

/** Mean difference of a value, of 255. */
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

const WAYS: ReadonlyArray<Partial<Decoding>> = [
  { resize: 'lanczos3' },
  { resize: 'nearest' },
  { resize: 'bicubic', resampler: 'pillow' },
];

test('a HEIC picture is seen as the same picture in PNG, turned as it was held, in every way of reading', async () => {
  for (const way of WAYS) {
    for (const name of ['plain', 'turned']) {
      const [heic, png] = [await pixels(`${name}.heic`, way), await pixels(`${name}.png`, way)];
      // Its encoder has its losses.
      assert.ok(difference(heic, png) < 6, `${name} ${JSON.stringify(way)}: ${difference(heic, png)}`);
    }
    assert.ok(difference(await pixels('turned.heic', way), await pixels('plain.png', way)) > 20, 'it would be seen');
  }
});

test('a part of it', async () => {
  const crop = { left: 0.6, top: 0.2, width: 0.3, height: 0.7 };
  assert.ok(difference(await pixels('plain.heic', { crop }), await pixels('plain.png', { crop })) < 6);
});

test('the limits are those of other pictures', async () => {
  const code = async (options: Partial<Decoding>) => {
    const decoded = await decode('plain.heic', options);
    return decoded.ok ? 'ok' : decoded.code;
  };
  assert.equal(await code({ maxPixels: 96 * 64 - 1 }), 'TOO_MANY_PIXELS');
  assert.equal(await code({ maxPixels: 96 * 64 }), 'ok');
  assert.equal(await code({ maxBytes: 100 }), 'TOO_LARGE');
  assert.equal(await code({ timeoutMs: 0 }), 'DECODER_TIMEOUT');
  assert.equal(await code({}), 'ok', 'the next one has a decoder again');
});

test('its pixels are admitted before they are there, and given back', async () => {
  const admitted: number[] = [];
  let held = 0;
  const admit = async (amount: number) => {
    admitted.push(amount);
    held++;
    return () => {
      held--;
    };
  };
  await pixels('plain.heic', { admit, turn: () => admit(1) });
  // sharp reads the header as well, before it gives up.
  assert.deepEqual(admitted.slice(-3), [1, 96 * 64, 96 * 64]);
  assert.equal(held, 0);
});

test('one that is cut off is damaged, and the next one is read', async () => {
  const decoded = await decode('cut.heic');
  assert.ok(!decoded.ok);
  assert.equal(decoded.code, 'DECODE_FAILED');
  assert.match(decoded.reason, /^The picture is damaged and cannot be decoded/);
  assert.ok((await decode('plain.heic')).ok);
});

test('the embedder: many at once, between others, each with its own vector', async () => {
  const embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0'), threads: 1, decoders: 4 });
  try {
    const names = ['plain.heic', 'turned.heic', 'plain.png', 'cut.heic', 'plain.heic', 'turned.png', 'plain.heic'];
    const results = await Promise.all(names.map((name) => embedder.embed(path.join(FOLDER, name))));
    const vectorOf = (at: number) => {
      const result = results[at];
      assert.ok(result.ok, JSON.stringify(result));
      return result.vector;
    };
    assert.ok(cosine(vectorOf(0), vectorOf(2)) > 0.95);
    assert.ok(cosine(vectorOf(1), vectorOf(5)) > 0.95);
    assert.ok(cosine(vectorOf(0), vectorOf(6)) > 0.9999);
    assert.equal(results[3].ok, false);
    assert.equal(embedder.status().restarts, 0);
  } finally {
    await embedder.close();
  }
});
