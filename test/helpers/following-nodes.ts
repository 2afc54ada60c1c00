import { createIndexSync, type IndexSync } from '../../plugin/pipeline/index-sync';
import type { EmbeddingStore, Space, VectorIndex } from '../../plugin/ports';
import { createTestLogger } from './index-under-test';
import { until } from './until';

export interface FollowingNodesOptions {
  space: Space;
  store: () => EmbeddingStore;
  draw: () => Float32Array;
}

/** Nodes whose index follows a store, as in production, only faster. */
export function createFollowingNodes({ space, store, draw }: FollowingNodesOptions) {
  const open: Array<IndexSync | VectorIndex> = [];
  const held = async (index: VectorIndex) => (await index.keys()).map(({ fileId }) => fileId).toSorted((a, b) => a - b);

  return {
    /** Is closed with the nodes. */
    keep<Index extends VectorIndex>(index: Index): Index {
      open.push(index);
      return index;
    },

    start<Index extends VectorIndex>(
      create: (onRestart: () => void, logger: ReturnType<typeof createTestLogger>, onReturn: () => void) => Index,
      of: EmbeddingStore = store(),
    ) {
      const logger = createTestLogger();
      const index = create(
        () => sync.reset(),
        logger,
        () => sync.recheck(),
      );
      const sync = createIndexSync({ space, store: of, index, logger, pageSize: 50, pollMs: 20, patienceMs: 100 });
      open.unshift(sync);
      sync.start();
      return { index, sync, logger };
    },

    async embed(...fileIds: number[]): Promise<void> {
      await store().enqueue(space.id, fileIds);
      const claims = await store().claim(space.id, fileIds.length, 60_000);
      await store().complete(claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector: draw() })));
    },

    held,
    holds: (index: VectorIndex, ...fileIds: number[]) =>
      until(`the index holds ${fileIds}`, async () => (await held(index)).join() === fileIds.join()),

    async close(): Promise<void> {
      for (const one of open.splice(0)) await ('close' in one ? one.close() : one.stop());
    },
  };
}
