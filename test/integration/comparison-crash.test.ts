import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { ComparisonResponse } from '../../plugin/contracts/comparison';
import { towerEntry } from '../helpers/custom-tower';
import { manyPictures } from '../helpers/pictures';
import { type PlaygroundProcess, spawnPlayground } from '../helpers/strapi-process';
import { until } from '../helpers/until';

const COUNT = 120;
/** Pictures between two writes of the file. */
const WRITTEN = 50;

const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-comparison-crash-'));
const fault = path.join(folder, 'fault');
let playground: PlaygroundProcess;

before(async () => {
  const config = { models: { custom: { tower: await towerEntry('vit-cls') } } };
  playground = await spawnPlayground({ config, env: { SIMILAR_FAULT: fault, LOG_LEVEL: 'info' } });
});
after(async () => {
  await playground?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const comparison = async (): Promise<ComparisonResponse['comparison']> =>
  (await playground.client.admin('GET', '/similar/comparison')).body.comparison;

test('a process that is killed in the middle of a comparison goes on where the file ends', async () => {
  const pictures = await manyPictures(COUNT);
  await playground.client.upload(pictures.map((bytes, at) => ({ name: `${at}.jpg`, bytes, type: 'image/jpeg' })));
  await until('all are embedded', async () => {
    const { body } = await playground.client.admin('GET', '/similar/progress');
    return body.ready === COUNT;
  });
  writeFileSync(fault, 'compared 1');
  await playground.client.admin('POST', '/similar/comparison', { model: 'tower' });
  await until('the process was killed', () => !existsSync(fault));
  await until('it is gone', () =>
    playground.client.api('/_health').then(
      () => false,
      () => true,
    ),
  );
  await playground.restart();
  await until('the comparison is ready', async () => (await comparison())?.state === 'ready');
  const { done, failed, size } = (await comparison()) ?? {};
  assert.deepEqual([done, failed, size], [COUNT, 0, COUNT]);
  assert.match(playground.output(), new RegExp(`The comparison goes on at ${WRITTEN} of ${COUNT} pictures`));
});
