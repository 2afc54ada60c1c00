import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Collection } from 'weaviate-client';
import type { NewObject } from '../../../plugin/vector-index/weaviate-insert';
import { fileOf } from '../../../plugin/vector-index/weaviate-objects';
import { putFiles } from '../../../plugin/vector-index/weaviate-write';
import { stored } from '../../helpers/vectors';

/** As one of several copies answers that has these files and points. */
function copyOf(files: object[], points: string[]): Collection {
  const filter = {
    byProperty: () => ({ containsAny: () => files.map((properties) => ({ properties })) }),
    byId: () => ({ containsAny: (ids: string[]) => ids.filter((id) => points.includes(id)).map((uuid) => ({ uuid })) }),
  };
  const fetchObjects = async ({ filters }: { filters: object[] }) => ({ objects: filters });
  return { filter, query: { fetchObjects } } as unknown as Collection;
}

async function sentFor(collection: Collection, item: ReturnType<typeof stored>): Promise<string[]> {
  const sent: NewObject[] = [];
  await putFiles({ collection, insert: async (objects) => void sent.push(...objects) }, [fileOf(item)]);
  return sent.map(({ id }) => id);
}

const item = stored(1, 5, Float32Array.of(1, 0, 0, 0));
const { vector: _, ...file } = fileOf(item);

test('a file that a copy lacks comes with its point, whatever that copy says of the point', async () => {
  assert.ok((await sentFor(copyOf([], [file.point]), item)).includes(file.point));
});

test('a file that is there is not sent again, and its point only where that is not there', async () => {
  assert.deepEqual(await sentFor(copyOf([file], [file.point]), item), []);
  assert.deepEqual(await sentFor(copyOf([file], []), item), [file.point]);
});
