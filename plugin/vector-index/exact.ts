import { SimilarError } from '../errors';
import type { IndexStatus, Space, VectorIndex } from '../ports';
import { FlatVectors } from './flat';
import { checkFileIds, checkItems, checkLike, checkQuery } from './validate';

/** Searches by scanning, in this process and in memory only: for small folders and tests. */
export function createExactIndex(): VectorIndex {
  let space: Space | undefined;
  let vectors: FlatVectors | undefined;
  let closed = false;

  function flat(): FlatVectors {
    if (!vectors) throw new SimilarError('INDEX_UNAVAILABLE', `The vector index is ${closed ? 'closed' : 'not open'}.`);
    return vectors;
  }

  const status = (): IndexStatus => ({
    kind: 'exact',
    size: vectors?.live ?? 0,
    lastSeq: vectors?.lastSeq ?? 0,
    mode: 'exact',
    state: closed ? 'closed' : vectors ? 'ready' : 'opening',
    bytesOnDisk: 0,
    restarts: 0,
  });

  return {
    async open(opened) {
      if (space?.id !== opened.id || !vectors) vectors = new FlatVectors(opened.dims);
      space = opened;
      closed = false;
      return status();
    },
    async put(items) {
      checkItems(items, flat().dims);
      for (const item of items) flat().put(item);
      if (flat().points > 2 * flat().size + 1024) vectors = flat().compact().flat;
    },
    async remove(fileIds) {
      checkFileIds(fileIds);
      for (const fileId of fileIds) flat().remove(fileId);
    },
    async search(vector, k, { among } = {}) {
      const unit = checkQuery(vector, k, flat().dims);
      return among ? flat().searchAmong(unit, k, among) : flat().search(unit, k);
    },
    async searchLike(fileId, k, options) {
      checkLike(fileId, k);
      const unit = flat().unitOf(fileId);
      return unit && this.search(unit, k, options);
    },
    async keys() {
      return flat().keys();
    },
    async clear() {
      vectors = new FlatVectors(flat().dims);
    },
    async save() {
      flat();
    },
    async status() {
      return status();
    },
    async close() {
      vectors = undefined;
      closed = true;
    },
  };
}
