import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Progress } from '../../plugin/contracts/progress';
import { onePlayground } from '../helpers/one-playground';
import { DIMS, SIZE, writePatchModel } from '../helpers/patch-model';
import { manyPictures } from '../helpers/pictures';
import { searchable, similar } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import { until } from '../helpers/until';

const COUNT = 30;
const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-custom-'));
after(() => rmSync(folder, { recursive: true }));

const restart = onePlayground();
const progress = async ({ admin }: Playground): Promise<Progress> => (await admin('GET', '/similar/progress')).body;

test('a model of one’s own in a whole Strapi: beside the live one, swapped in, pinned, and explained where it can be', async (t) => {
  const file = await writePatchModel(path.join(folder, 'mine.onnx'));
  const custom = (output: object, more: object = {}) => ({
    model: 'mine',
    models: {
      custom: { mine: { path: file, preprocessing: { size: SIZE }, output: { dims: DIMS, ...output }, ...more } },
    },
  });

  let now = await restart({});
  const { folder: project } = now;
  const files = await now.upload(
    (await manyPictures(COUNT)).map((bytes, i) => ({ name: `picture ${i}.jpg`, bytes, type: 'image/jpeg' })),
  );
  await searchable(now, files);
  const explain = () => now.admin('GET', `/similar/explain/${files[0].id}/${files[1].id}`);
  const isLive = (space: RegExp) =>
    until(`${space} is live`, async () => space.test((await progress(now)).space ?? ''));

  await t.test('the class token of a transformer', async () => {
    now = await restart(custom({ name: 'tokens', take: 'cls' }), { folder: project });
    await isLive(/^mine@1\+[0-9a-f]{8}\/bicubic$/);
    const { status, body } = await similar(now, files[0].id);
    assert.equal(status, 200);
    assert.match(body.meta.space, /^mine@1/);
    assert.ok(body.data.length > 0);
    const { status: refused, body: answer } = await explain();
    assert.deepEqual([refused, answer.error.details.code], [501, 'NOT_EXPLAINABLE']);
  });

  await t.test(
    'another file under the same name: searches go on, new pictures wait, and the reason is said',
    async () => {
      copyFileSync(await writePatchModel(path.join(folder, 'other.onnx'), { factor: 3, bias: 1 }), file);
      now = await restart(custom({ name: 'tokens', take: 'cls' }), { folder: project });
      await until('the reason is said', async () =>
        /raise `models\.custom\.mine\.version`/.test((await progress(now)).problem ?? ''),
      );
      assert.equal((await similar(now, files[0].id)).status, 200);
    },
  );

  await t.test('with another version, and the mean of the map, it is built, and explained', async () => {
    now = await restart(custom({ name: 'map', take: 'map' }, { version: 2 }), { folder: project });
    await isLive(/^mine@2\+[0-9a-f]{8}\/bicubic$/);
    const { status, body } = await explain();
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.regions.query.length, 16);
  });

  await t.test('chosen in the admin, it is used instead of the configured one, also after a restart', async () => {
    const { model: _, models } = custom({ name: 'map', take: 'map' }, { version: 2 });
    const unknown = await now.admin('POST', '/similar/spaces/choose', { model: 'nobodys' });
    assert.equal(unknown.status, 400);
    assert.match(unknown.body.error.message, /resnet50.*mine.*nobodys/);

    now = await restart({ models }, { folder: project });
    await until('that of the configuration is built', async () =>
      /^efficientnet/.test((await progress(now)).next?.space ?? ''),
    );
    assert.equal((await now.admin('POST', '/similar/spaces/choose', { model: 'mine' })).status, 200);
    now = await restart({ models }, { folder: project });
    const { space, next, chosenOver } = await progress(now);
    assert.match(space, /^mine@2/);
    assert.deepEqual([next, chosenOver], [undefined, 'efficientnet-lite0']);

    assert.equal((await now.admin('POST', '/similar/spaces/build')).status, 200);
    await isLive(/^efficientnet/);
    assert.equal((await progress(now)).chosenOver, undefined);
  });
});
