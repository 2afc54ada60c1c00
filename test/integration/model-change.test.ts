import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Progress } from '../../plugin/contracts/progress';
import { onePlayground } from '../helpers/one-playground';
import { manyPictures } from '../helpers/pictures';
import { searchable, similar } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const COUNT = 40;
const OLD = 'efficientnet-lite0@1/lanczos3';
const NEW = 'efficientnet-lite0@1/nearest';

const restart = onePlayground();

const progress = async ({ admin }: Playground): Promise<Progress> => (await admin('GET', '/similar/progress')).body;
const act = async ({ admin }: Playground, what: string) => admin('POST', `/similar/${what}`);
const liveIs = (of: Playground, space: string) =>
  until(`${space} is live`, async () => (await progress(of)).space === space);

async function spaceOfAnswer(of: Playground, { id }: UploadedFile): Promise<string> {
  const { status, body } = await similar(of, id);
  assert.equal(status, 200);
  assert.ok(body.data.length > 0);
  return body.meta.space;
}

test('a wrong model name stops the boot and names the key', async () => {
  await assert.rejects(restart({ model: 'resnet51' }), / plugin “similar”: .*resnet50.*model.*resnet51/);
});

test('a changed model is built beside the live one, swapped in, rolled back and cancelled, over restarts', async (t) => {
  let now = await restart({});
  const { folder } = now;
  const files = await now.upload(
    (await manyPictures(COUNT)).map((bytes, i) => ({ name: `picture ${i}.jpg`, bytes, type: 'image/jpeg' })),
  );
  await searchable(now, files);

  await t.test('searches are answered in the old space until the new one is whole', async () => {
    now = await restart({ models: { resize: 'nearest' } }, { folder });
    assert.equal(await spaceOfAnswer(now, files[0]), OLD);
    await liveIs(now, NEW);
    assert.equal(await spaceOfAnswer(now, files[0]), NEW);
    const { indexed, previous, next } = await progress(now);
    assert.deepEqual({ indexed, previous: previous?.space, next }, { indexed: COUNT, previous: OLD, next: undefined });
  });

  await t.test('roll-back takes no work, and lasts', async () => {
    assert.equal((await act(now, 'spaces/roll-back')).status, 200);
    assert.equal(await spaceOfAnswer(now, files[0]), OLD);
    now = await restart({ models: { resize: 'nearest' } }, { folder });
    const { space, next, declined } = await progress(now);
    assert.deepEqual({ space, next, declined }, { space: OLD, next: undefined, declined: NEW });
  });

  await t.test('a picture that came meanwhile is in the declined space too, once it is built after all', async () => {
    const [late] = await now.upload([{ name: 'late.jpg', bytes: (await manyPictures(COUNT + 1))[COUNT] }]);
    await searchable(now, [late, files[0]]);
    assert.equal((await act(now, 'spaces/build')).status, 200);
    await liveIs(now, NEW);
    await until('the late picture is found', async () => (await similar(now, late.id)).body.data.length > 0);
    assert.equal(await spaceOfAnswer(now, late), NEW);
  });

  await t.test('cancelling leaves the live space as it is', async () => {
    assert.equal((await act(now, 'spaces/cancel')).status, 409);
    now = await restart({}, { folder });
    await until('the other space is built again', async () => (await progress(now)).next?.space === OLD);
    assert.equal((await act(now, 'spaces/cancel')).status, 200);
    const { space, next } = await progress(now);
    assert.deepEqual({ space, next }, { space: NEW, next: undefined });
  });
});
