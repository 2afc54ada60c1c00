import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { makeFolder } from '../../plugin/files/make-folder';
import type { Similarity } from '../../plugin/similarity';
import type { createTestLogger } from '../helpers/index-under-test';
import { FakeMedia } from '../helpers/pipeline';
import { similarityUnderTest } from '../helpers/similarity';
import { until } from '../helpers/until';

const onLinux = { skip: process.platform !== 'linux' && 'is tried on Linux' };

/** What is not there, or may not be written, when the CMS starts. */
describe('a start', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'similar-start-'));
  const picture = path.join(folder, 'picture.png');
  const media = new FakeMedia();
  const ends: Array<() => Promise<void>> = [];
  let logger: ReturnType<typeof createTestLogger>;

  before(async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const plain = { width: 32, height: 32, channels: 3, background: 'teal', noise } as const;
    await sharp({ create: plain }).png().toFile(picture);
    media.files.set(1, picture);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  after(() => rmSync(folder, { recursive: true }));

  function create(stateDir: string, filename?: string) {
    const under = similarityUnderTest({ media, stateDir, filename });
    logger = under.logger;
    ends.push(under.end);
    return under;
  }

  async function isEmbedded(similarity: Similarity): Promise<void> {
    await until('the picture is embedded', async () => (await similarity.itemStatus([1]))[0]?.state === 'ready');
    await until('it is found', async () => {
      const { index } = await similarity.progress();
      return index.state === 'ready' && (await similarity.progress()).indexed === 1;
    });
  }

  const unwritable: Array<[what: string, stateDir: () => string, options?: object]> = [
    [
      'below a file',
      () => {
        writeFileSync(path.join(folder, 'file'), '');
        return path.join(folder, 'file/state');
      },
    ],
    ['in /proc', () => '/proc/similar/state', onLinux],
  ];
  for (const [what, stateDir, options] of unwritable) {
    test(
      `with a state folder that cannot be made, ${what}: all works, and one warning is logged`,
      options ?? {},
      async () => {
        const { similarity } = create(stateDir());
        await similarity.start();
        await similarity.enqueue([1]);
        await isEmbedded(similarity);
        await until('it was tried to save the index', () =>
          logger.lines.some((line) => /only kept in memory/.test(line)),
        );
        await similarity.stop();
        assert.equal(logger.lines.filter((line) => /^(warn|error)/.test(line)).length, 1, logger.lines.join('\n'));
      },
    );
  }

  test('without the database waits for it, and says so once', async () => {
    const place = path.join(folder, 'not-mounted');
    const { similarity } = create(path.join(folder, 'state'), path.join(place, 'data.db'));
    const started = similarity.start();
    await until('it was tried', () => logger.lines.some((line) => /^error: Indexing cannot start/.test(line)));
    await assert.rejects(similarity.itemStatus([1]));
    await assert.rejects(similarity.enqueue([1]));
    let isStarted = false;
    started.then(() => {
      isStarted = true;
    });
    mkdirSync(place);
    await until('it has started', () => isStarted);
    await isEmbedded(similarity);
    assert.equal(logger.lines.filter((line) => /^(warn|error)/.test(line)).length, 1, logger.lines.join('\n'));
  });

  test('that waits for the database ends with a stop, and starts nothing later', async () => {
    const place = path.join(folder, 'never-mounted');
    const { similarity, knex } = create(path.join(folder, 'state'), path.join(place, 'data.db'));
    const started = similarity.start();
    await until('it was tried', () => logger.lines.some((line) => /^error: Indexing cannot start/.test(line)));
    await similarity.stop();
    mkdirSync(place);
    await started;
    assert.equal(await knex.schema.hasTable('similar_embeddings'), false);
  });

  test('by a user without a home and without a name finds a folder for models', onLinux, (context) => {
    if (process.geteuid?.() !== 0) return context.skip('only root can become a user that does not exist');
    const file = JSON.stringify(path.resolve(__dirname, '../../plugin/models/cache.ts'));
    const vectors = JSON.stringify(path.resolve(__dirname, '../../plugin/folder/vector-cache.ts'));
    const code = `
      const { cacheDir } = require(${file});
      const { defaultCacheDir } = require(${vectors});
      delete process.env.HOME;
      delete process.env.XDG_CACHE_HOME;
      delete process.env.SIMILAR_MODEL_CACHE;
      process.setuid(54321);
      console.log(JSON.stringify([cacheDir(), defaultCacheDir()]));
    `;
    const said = execFileSync(process.execPath, ['--import', 'tsx', '-e', code], { encoding: 'utf8' });
    for (const dir of JSON.parse(said)) assert.ok(dir.startsWith(tmpdir()), dir);
  });
});

describe('makeFolder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'similar-folder-'));
  after(() => rmSync(folder, { recursive: true }));

  test('makes what is missing, also when several do it at once', async () => {
    const deep = path.join(folder, 'a/b/c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(deep)));
    writeFileSync(path.join(deep, 'file'), '');
    await makeFolder(deep);
    await assert.rejects(makeFolder(path.join(deep, 'file/d')), { code: 'EEXIST' });
  });

  test('ends where no folder can be made', onLinux, async () => {
    await assert.rejects(makeFolder('/proc/similar/a/b'), { code: 'ENOENT' });
  });
});
