import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import type { Progress } from '../../plugin/contracts/progress';
import { onePlayground } from '../helpers/one-playground';
import { manyPictures, picture } from '../helpers/pictures';
import { fileIds, type SimilarAnswer, searchable, similar } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const COUNT = 24;
const MODEL = 'efficientnet-lite0@1/lanczos3';
const ON: SimilarConfigInput = { refine: { from: COUNT, dims: 8 } };
const OFF: SimilarConfigInput = { refine: { mode: 'off' } };
/** The averaged pictures around a twin may come before it. */
const NEAR = 6;
const ALL = `pagination[limit]=${COUNT + 5}`;

const restart = onePlayground();

const progress = async ({ admin }: Playground): Promise<Progress> => (await admin('GET', '/similar/progress')).body;

async function answer(of: Playground, { id }: UploadedFile): Promise<SimilarAnswer> {
  let found: SimilarAnswer | undefined;
  // After a start the index is being loaded for a moment.
  await until('it answers', async () => {
    found = await similar(of, id, ALL);
    return found.status !== 503;
  });
  assert.equal(found?.status, 200);
  return found as SimilarAnswer;
}

const spaceOf = async (of: Playground, file: UploadedFile): Promise<string> => (await answer(of, file)).body.meta.space;
const isRefined = (of: Playground, file: UploadedFile) =>
  until('a refined space answers', async () => (await spaceOf(of, file)).startsWith(`${MODEL}~`));

/** Similarity by file. */
const shown = ({ body }: SimilarAnswer) => new Map(body.data.map(({ file, similarity }) => [file?.id, similarity]));

test('a space learnt from the library takes over, follows the library, lasts, and can be switched off', async (t) => {
  let now = await restart(OFF);
  const { folder } = now;
  const pictures = await manyPictures(COUNT + 2);
  const files = await now.upload(
    pictures.slice(0, COUNT).map((bytes, i) => ({ name: `picture ${i}.jpg`, bytes, type: 'image/jpeg' })),
  );
  await searchable(now, files);
  const raw = await answer(now, files[0]);
  assert.equal(raw.body.meta.space, MODEL);
  assert.deepEqual((await progress(now)).refinement, { state: 'off' });
  let space = '';

  await t.test('it takes over by itself, and ranks', async () => {
    now = await restart(ON, { folder });
    await isRefined(now, files[0]);
    const refined = await answer(now, files[0]);
    ({ space } = refined.body.meta);
    assert.equal(refined.body.data.length, COUNT - 1);
    assert.notDeepEqual(fileIds(refined), fileIds(raw));
    const scores = refined.body.data.map(({ score }) => score as number);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    assert.deepEqual((await progress(now)).refinement, { state: 'live', space });
  });

  await t.test('the similarity that is shown stays the cosine of the model', async () => {
    const before = shown(raw);
    for (const [id, similarity] of shown(await answer(now, files[0]))) {
      assert.ok(Math.abs((similarity as number) - (before.get(id) as number)) <= 0.001, `file ${id}: ${similarity}`);
    }
  });

  await t.test('so does that of a picture that is sent', async () => {
    const send = async (): Promise<SimilarAnswer> => {
      const form = new FormData();
      form.append('picture', new Blob([Uint8Array.from(pictures[0])], { type: 'image/jpeg' }), 'sent.jpg');
      return now.api('/api/similar/search', { method: 'POST', body: form });
    };
    // The embedder takes its time to start on a busy machine.
    await until('pictures can be embedded', async () => (await send()).status === 200);
    const { body } = await send();
    const own = body.data.find(({ file }) => file?.id === files[0].id);
    assert.ok((own?.similarity as number) > 0.99, `${own?.similarity}`);
    assert.equal(body.meta.space, space);
  });

  await t.test('a new picture is found, a deleted one is not', async () => {
    const [late] = await now.upload([{ name: 'late.jpg', bytes: pictures[COUNT], type: 'image/jpeg' }]);
    await searchable(now, [late, files[0]]);
    assert.equal((await answer(now, late)).body.data.length, COUNT);
    await now.strapi.plugin('upload').service('upload').remove(late);
    await until('it is gone', async () => (await answer(now, files[0])).body.data.length === COUNT - 1);
  });

  await t.test('a replaced picture is shown and ranked as what it is now', async () => {
    const similarity = async () => shown(await answer(now, files[0])).get(files[2].id) as number;
    const place = async () => fileIds(await answer(now, files[0])).indexOf(files[2].id);
    const put = (bytes: Buffer) => now.replace(files[2].id, { name: 'picture 2.jpg', bytes, type: 'image/jpeg' });
    assert.ok((await similarity()) < 0.9);
    assert.ok((await place()) > NEAR);
    await put(await picture('disc', 'hsl(0,80%,31%)'));
    await until('it is among the nearest', async () => (await place()) <= NEAR);
    assert.ok((await similarity()) > 0.95);
    await put(pictures[2]);
    await until('it is not', async () => (await place()) > NEAR);
    assert.ok((await similarity()) < 0.9);
  });

  await t.test('a twin is a near-duplicate by the cosine of the model', async () => {
    const bytes = await picture('disc', 'hsl(0,80%,31%)');
    const [twin] = await now.upload([{ name: 'twin.jpg', bytes, type: 'image/jpeg' }]);
    await searchable(now, [twin, files[0]]);
    const links = async () => {
      const { body } = await now.admin('GET', '/similar/duplicates?least=0.95');
      return body.groups as Array<{ similarity: number; pictures: Array<{ id: number }> }>;
    };
    const isPair = ({ pictures }: { pictures: Array<{ id: number }> }) =>
      [files[0], twin].every(({ id }) => pictures.some((other) => other.id === id));
    await until('the twin is found', async () => (await links()).some(isPair));
    await now.strapi.plugin('upload').service('upload').remove(twin);
    await until('it is gone', async () => (await answer(now, files[0])).body.data.length === COUNT - 1);
  });

  await t.test('after a restart it answers again, and nothing is learnt anew', async () => {
    now = await restart(ON, { folder });
    assert.equal(await spaceOf(now, files[0]), space);
    assert.equal((await answer(now, files[0])).body.data.length, COUNT - 1);
  });

  await t.test('off: the model’s own vectors rank as before', async () => {
    now = await restart(OFF, { folder });
    await until('the model’s own space answers', async () => (await spaceOf(now, files[0])) === MODEL);
    const again = await answer(now, files[0]);
    assert.deepEqual(fileIds(again), fileIds(raw));
    assert.deepEqual([...shown(again).values()], [...shown(raw).values()]);
  });
});
