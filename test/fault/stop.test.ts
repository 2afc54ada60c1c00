import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { FakeMedia } from '../helpers/pipeline';
import { type SimilarityUnderTest, similarityUnderTest } from '../helpers/similarity';
import { until } from '../helpers/until';
import { fault, serveWeights } from '../helpers/weights-server';

/** Who ends the CMS does not wait: what takes minutes ends as well, whatever it is at. */
describe('a stop', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'similar-stop-'));
  const stateDir = path.join(folder, 'state');
  let under: SimilarityUnderTest;
  /** What a test has blocked goes on, so that a stop that waits for it ends as well. */
  let release: () => unknown = () => {};

  afterEach(async () => {
    await release();
    await under.end();
  });
  after(() => rmSync(folder, { recursive: true }));

  async function endsAtOnce(): Promise<void> {
    let isStopped = false;
    under.similarity.stop().then(() => {
      isStopped = true;
    });
    await until('it has stopped', () => isStopped, 30_000);
    assert.deepEqual(
      under.logger.lines.filter((line) => /^(warn|error)/.test(line)),
      [],
    );
  }

  test('ends a sweep whose disk does not answer', async () => {
    const media = new FakeMedia();
    let asked = 0;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    media.list = async () => {
      asked++;
      await blocked;
      return [];
    };
    under = similarityUnderTest({ media, stateDir });
    await under.similarity.start();
    await until('the library is listed', () => asked > 0);
    await endsAtOnce();
    await assert.rejects(under.similarity.sweep(), { name: 'AbortError' });
  });

  test('ends the download of a model that has come to a halt', async () => {
    const weights = await serveWeights(Buffer.alloc(100_000));
    release = () => weights.close();
    weights.faults.push(fault.stallAfter(50_000));
    const cacheDir = path.join(folder, 'models');
    const models = { mirror: weights.url, sha256: 'a'.repeat(64), cacheDir };
    under = similarityUnderTest({ media: new FakeMedia(), stateDir, config: { model: 'resnet50', models } });
    await under.similarity.start();
    await until('the weights are asked for', () => weights.requests.length > 0);
    await endsAtOnce();
  });
});
