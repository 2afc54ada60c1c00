import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import type { FileId } from '../../../plugin/ports';
import { miniatureOf } from '../../../plugin/same-photo/miniature';
import { groupPictures } from '../../../plugin/search/groups';
import { type Neighbourhood, PhotoLinks } from '../../../plugin/search/photo-links';
import { texture } from '../../helpers/pictures';

const SIZE = 224;
const miniature = async (image: sharp.Sharp) => {
  const bytes = await image.jpeg().toBuffer();
  return miniatureOf(await sharp(bytes).resize(SIZE, SIZE, { fit: 'fill' }).raw().toBuffer(), SIZE);
};
const whole = async (seed: number) => sharp(await texture(seed));

type Stored = Map<FileId, { digest: string; miniature?: Uint8Array }>;

function linksOver(stored: Stored) {
  const photos = async (_space: string, ids: readonly FileId[]) =>
    new Map([...stored].filter(([id]) => ids.includes(id)));
  return new PhotoLinks({ photos }, 'space');
}

async function groupsOf(links: PhotoLinks, wanted: { least: number; samePhoto?: boolean }) {
  const groups = await groupPictures(links.table, wanted);
  return Array.from({ length: groups.count }, (_, at) => ({
    ...groups.at(at),
    pictures: [...groups.at(at).pictures].sort((a, b) => a - b),
  }));
}

describe('links between pictures', () => {
  const nothingNear = (...ids: FileId[]): Neighbourhood[] => ids.map((fileId) => ({ fileId, near: [] }));

  test('a turned copy is found by its hash, however little alike the model finds it', async () => {
    const links = linksOver(
      new Map([
        [1, { digest: 'a', miniature: await miniature(await whole(1)) }],
        [2, { digest: 'b', miniature: await miniature(await whole(2)) }],
        [3, { digest: 'c', miniature: await miniature((await whole(1)).rotate(90)) }],
      ]),
    );
    await links.add(nothingNear(1, 2, 3), () => true);
    assert.deepEqual(await groupsOf(links, { least: 0.8, samePhoto: true }), [
      { pictures: [1, 3], similarity: 0, isSamePhoto: true },
    ]);
    assert.deepEqual(await groupsOf(links, { least: 0.8 }), [], 'nobody knows how alike they are');
  });

  test('among the nearest, copies are told from other shots', async () => {
    const stored: Stored = new Map([
      [1, { digest: 'a', miniature: await miniature(await whole(1)) }],
      [2, { digest: 'b', miniature: await miniature(await whole(2)) }],
      [
        3,
        {
          digest: 'c',
          miniature: await miniature((await whole(1)).extract({ left: 20, top: 9, width: 160, height: 165 })),
        },
      ],
      [4, { digest: 'd' }],
      [5, { digest: 'd' }],
    ]);
    const links = linksOver(stored);
    const near = (fileId: FileId, similarity: number) => ({ fileId, similarity });
    await links.add(
      [
        { fileId: 1, near: [near(2, 0.99), near(3, 0.75)] },
        { fileId: 2, near: [near(1, 0.99)] },
        { fileId: 3, near: [near(1, 0.75), near(2, 0.71)] },
        { fileId: 4, near: [near(1, 0.9), near(5, 0.999)] },
        { fileId: 5, near: [near(4, 0.999)] },
      ],
      () => true,
    );
    assert.deepEqual(
      (await groupsOf(links, { least: 0, samePhoto: true })).map(({ pictures }) => pictures),
      [
        [1, 3],
        [4, 5],
      ],
      'cut, and with the same bytes',
    );
    const [alike] = await groupsOf(links, { least: 0.8 });
    assert.deepEqual([alike.pictures, alike.isSamePhoto], [[1, 2, 4, 5], false]);
  });

  test('copies are found after many pictures have gone, and those that go meanwhile do not come back', async () => {
    const stored: Stored = new Map();
    const links = linksOver(stored);
    for (let id = 1; id <= 2_500; id++) stored.set(id, { digest: `digest${id}` });
    stored.set(2_500, { digest: 'photo', miniature: await miniature(await whole(5)) });
    await links.add(nothingNear(...stored.keys()), () => true);
    for (let id = 1; id < 2_500; id++) links.remove(id);
    await links.tidy();
    assert.equal(links.table.places, 1);
    stored.set(3_000, { digest: 'copy', miniature: await miniature((await whole(5)).rotate(180)) });
    stored.set(3_001, { digest: 'copy again', miniature: await miniature((await whole(5)).flop()) });
    let asked = 0;
    await links.add(nothingNear(3_000, 3_001), () => {
      if (++asked === 1) links.remove(3_001);
      return true;
    });
    const [group] = await groupsOf(links, { least: 0, samePhoto: true });
    assert.deepEqual(group.pictures, [2_500, 3_000]);
  });
});
