import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { findPictures, looksLikePicture } from '../../../plugin/folder/find-pictures';
import { createLibrary, type LibraryParts } from '../../../plugin/folder/library';
import { loadVectorCache } from '../../../plugin/folder/vector-cache';
import type { Embedder } from '../../../plugin/ports';
import { createExactIndex } from '../../../plugin/vector-index/exact';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-folder-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(dir, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

describe('findPictures', () => {
  const JPEG = Buffer.from('ffd8ffe0', 'hex');

  test('takes pictures by content at any depth, and what is named like one', async () => {
    await put('b/deep/no-extension', JPEG);
    await put('a.jpg', JPEG);
    await put('text.jpg', 'no picture');
    await put('notes.txt', 'no picture');
    await put('.hidden.jpg', JPEG);
    await put('.git/x.jpg', JPEG);
    await put('disguised.txt', '<?xml version="1.0"?>\n<!-- a --><svg xmlns="x">');
    const found = (await findPictures(dir)).pictures.map((file) => path.relative(dir, file));
    assert.deepEqual(found, ['a.jpg', 'b/deep/no-extension', 'disguised.txt', 'text.jpg']);
  });

  test('ends in a loop of links, and takes linked files', async () => {
    await put('sub/a.jpg', JPEG);
    await symlink(dir, path.join(dir, 'sub/loop'));
    await symlink(path.join(dir, 'sub/a.jpg'), path.join(dir, 'link.jpg'));
    await symlink(path.join(dir, 'gone'), path.join(dir, 'dangling.jpg'));
    const found = (await findPictures(dir)).pictures.map((file) => path.relative(dir, file));
    assert.deepEqual(found, ['link.jpg', 'sub/a.jpg']);
  });

  test('skips what systems put beside pictures, and says so', async () => {
    await put('a.jpg', JPEG);
    for (const name of ['@eaDir/a.jpg/thumb.jpg', 'sub/#recycle/old.jpg', '__MACOSX/._a.jpg', '$Recycle.Bin/b.jpg'])
      await put(name, JPEG);
    const { pictures, skipped } = await findPictures(dir);
    assert.deepEqual(
      pictures.map((file) => path.relative(dir, file)),
      ['a.jpg'],
    );
    assert.deepEqual(
      skipped.map(({ path: file, reason }) => [path.relative(dir, file), reason]),
      ['$Recycle.Bin', '@eaDir', '__MACOSX', 'sub/#recycle'].map((name) => [name, 'system folder']),
    );
  });

  test('says what is wrong with the folder', async () => {
    const file = await put('a.jpg', JPEG);
    await assert.rejects(findPictures(path.join(dir, 'gone')), { code: 'FILE_UNREADABLE', message: /does not exist/ });
    await assert.rejects(findPictures(file), { code: 'FILE_UNREADABLE', message: /Not a folder/ });
  });

  for (const [format, header, is] of [
    ['PNG', '\x89PNG\r\n\x1a\n', true],
    ['GIF', 'GIF89a', true],
    ['WebP', 'RIFF\x10\0\0\0WEBPVP8 ', true],
    ['WAV', 'RIFF\x10\0\0\0WAVEfmt ', false],
    ['TIFF', 'II*\0', true],
    ['AVIF', '\0\0\0\x20ftypavif', true],
    ['HEIC', '\0\0\0\x20ftypheic', true],
    ['MP4', '\0\0\0\x20ftypisom', false],
    ['HTML with an SVG', '<!doctype html><body><svg>', false],
    ['text that starts like BMP', 'BM is a language', false],
    ['nothing', '', false],
    ['many comments', '<!---->'.repeat(140), false],
  ] as const) {
    test(`${format} is ${is ? 'a' : 'no'} picture`, () => {
      assert.equal(looksLikePicture(Buffer.from(header, 'latin1')), is);
    });
  }
});

/** Reads "x y" from a file as its direction; anything else is damaged. */
function textEmbedder(): Embedder & { embedded: string[]; closed: boolean } {
  return {
    embedded: [],
    closed: false,
    space: { id: 'text@1', model: 'text', dims: 2 },
    capacity: 2,
    async embed(file) {
      this.embedded.push(path.basename(file));
      const [x, y] = (await readFile(file, 'utf8')).split(' ').map(Number);
      if (Number.isNaN(x + y)) return { ok: false, state: 'failed', code: 'DECODE_FAILED', reason: 'It is damaged.' };
      const length = Math.hypot(x, y);
      return { ok: true, vector: Float32Array.of(x / length, y / length) };
    },
    explain: async () => {
      throw new Error('not asked for');
    },
    status: () => ({ engine: 'text', device: 'cpu', state: 'ready', restarts: 0 }),
    async close() {
      this.closed = true;
    },
  };
}

describe('library', () => {
  const parts = (embedder: Embedder, more: Partial<LibraryParts> = {}): LibraryParts => ({
    embedder,
    index: createExactIndex(),
    cacheDir: false,
    ...more,
  });
  const names = (matches: Array<{ path: string }>) => matches.map((match) => path.relative(dir, match.path));

  test('finds the nearest, best first, without the asked file, and says which failed', async () => {
    const east = await put('east.jpg', '1 0');
    await put('north.jpg', '0 1');
    await put('almost/east.jpg', '1 0.1');
    await put('north-east.jpg', '1 1');
    await put('damaged.jpg', 'nothing');
    const progress: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => progress.push(done / total);
    const embedder = textEmbedder();
    const library = await createLibrary(dir, parts(embedder, { onProgress }));

    const matches = await library.fetchMostSimilar(east);
    assert.deepEqual(names(matches), ['almost/east.jpg', 'north-east.jpg', 'north.jpg']);
    assert.ok(Math.abs(matches[1].similarity - Math.SQRT1_2) < 1e-3);
    assert.equal((await library.fetchMostSimilar(east, 1)).length, 1);
    assert.deepEqual(names(await library.fetchMostSimilar(Buffer.from('0 2'), 2)), ['north.jpg', 'north-east.jpg']);
    assert.equal(library.size, 4);
    assert.deepEqual(library.failures, [
      { path: path.join(dir, 'damaged.jpg'), state: 'failed', code: 'DECODE_FAILED', reason: 'It is damaged.' },
    ]);
    assert.deepEqual(progress, [0.2, 0.4, 0.6, 0.8, 1]);
    await library.close();
    assert.equal(embedder.closed, true);
  });

  test('embeds the same bytes once, and leaves out every link to the asked file', async () => {
    const first = await put('1.jpg', '1 0');
    await put('2.jpg', '1 0');
    for (const i of [3, 4, 5]) await symlink(first, path.join(dir, `${i}.jpg`));
    await put('6.jpg', '0 1');
    const embedder = textEmbedder();
    const library = await createLibrary(dir, parts(embedder));
    assert.equal(embedder.embedded.length, 2);
    assert.deepEqual(names(await library.fetchMostSimilar(first, 2)), ['2.jpg', '6.jpg']);
    await library.fetchMostSimilar(Buffer.from('0 1'), 2);
    assert.equal(embedder.embedded.length, 2, 'what is in the folder is not embedded again to be asked about');
    await library.close();
  });

  test('refuses a query or number that cannot be, and an empty folder', async () => {
    await assert.rejects(createLibrary(dir, parts(textEmbedder())), { code: 'NO_PICTURES' });
    const damaged = await put('damaged.jpg', 'nothing');
    const library = await createLibrary(dir, parts(textEmbedder()));
    await assert.rejects(library.fetchMostSimilar(damaged), { code: 'DECODE_FAILED', message: /damaged/ });
    await assert.rejects(library.fetchMostSimilar(path.join(dir, 'gone.jpg')), { code: 'FILE_UNREADABLE' });
    await assert.rejects(library.fetchMostSimilar(dir), { code: 'FILE_UNREADABLE' });
    for (const n of [0, -1, 1.5, Number.NaN]) {
      await assert.rejects(library.fetchMostSimilar(damaged, n), { code: 'INVALID_PARAMETER', message: /for n / });
    }
    await library.close();
  });

  test('a second run embeds only what is new; another space or a damaged cache nothing of the old', async () => {
    const cacheDir = path.join(dir, '.cache');
    await put('1.jpg', '1 0');
    await put('2.jpg', '0 1');
    const run = async (space = 'text@1') => {
      const embedder = textEmbedder();
      const library = await createLibrary(
        dir,
        parts({ ...embedder, space: { ...embedder.space, id: space } }, { cacheDir }),
      );
      await library.close();
      return embedder.embedded;
    };
    // Two are read at once, and come in any order.
    assert.deepEqual((await run()).toSorted(), ['1.jpg', '2.jpg']);
    assert.deepEqual(await run(), []);
    await put('3.jpg', '1 1');
    assert.deepEqual(await run(), ['3.jpg']);
    assert.equal((await run('text@2')).length, 3);

    for (const name of await readdir(cacheDir)) {
      const file = path.join(cacheDir, name);
      const content = await readFile(file);
      content[content.length - 1] ^= 1;
      await writeFile(file, content);
    }
    assert.equal((await run()).length, 3);
    assert.deepEqual(await run(), []);
  });
});

describe('interrupted', () => {
  test('what was embedded until then is not embedded again', async () => {
    const cacheDir = path.join(dir, '.cache');
    for (let i = 0; i < 10; i++) await put(`${i}.jpg`, `1 ${i}`);
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 4 && controller.abort();
    const first = textEmbedder();
    const parts = { index: createExactIndex(), cacheDir };
    await assert.rejects(createLibrary(dir, { ...parts, embedder: first, onProgress, signal: controller.signal }), {
      name: 'AbortError',
    });
    const second = textEmbedder();
    const library = await createLibrary(dir, { ...parts, embedder: second });
    assert.ok(first.embedded.length >= 4 && first.embedded.length <= 5);
    assert.equal(first.embedded.length + second.embedded.length, 10);
    assert.equal(library.size, 10);
  });
});

test('the cache forgets pictures that are gone, and a folder that cannot be written is no error', async () => {
  const digest = (n: number) => String(n).repeat(64);
  const cache = await loadVectorCache(dir, '/pictures', 's', 2);
  cache.set(digest(1), Float32Array.of(1, 0));
  cache.set(digest(2), Float32Array.of(0, 1));
  await cache.save();
  const later = await loadVectorCache(dir, '/pictures', 's', 2);
  assert.deepEqual(later.get(digest(2)), Float32Array.of(0, 1));
  await later.save();
  assert.equal((await loadVectorCache(dir, '/pictures', 's', 2)).get(digest(1)), undefined);

  const file = await put('occupied', '');
  const unwritable = await loadVectorCache(file, '/pictures', 's', 2);
  unwritable.set(digest(1), Float32Array.of(1, 0));
  await unwritable.save();
});
