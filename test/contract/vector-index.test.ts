import type { VectorIndex } from '../../plugin/ports';
import { createExactIndex } from '../../plugin/vector-index/exact';
import { createLocalIndex } from '../../plugin/vector-index/process/usearch-in-process';
import { rememberLikes } from '../../plugin/vector-index/remembering';
import { createUsearchIndex } from '../../plugin/vector-index/usearch';
import { createStateDir, createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { type IndexUnderTest, vectorIndexSuite } from './vector-index.suite';

function onDisk(create: (stateDir: string) => VectorIndex): IndexUnderTest {
  const state = createStateDir();
  let current = create(state.dir);
  return {
    index: current,
    async reopen() {
      await current.close();
      current = create(state.dir);
      return current;
    },
    async dispose() {
      await current.close();
      state.remove();
    },
  };
}

const logger = createTestLogger();

vectorIndexSuite('exact', () => ({ index: createExactIndex(), dispose: async () => {} }));
vectorIndexSuite('exact, remembered', () => ({ index: rememberLikes(createExactIndex()), dispose: async () => {} }));

for (const scalar of ['bf16', 'i8'] as const) {
  const config = { ...INDEX_CONFIG, scalar };
  vectorIndexSuite(
    `usearch ${scalar}, with a graph from 100 vectors on`,
    () => onDisk((stateDir) => createLocalIndex({ stateDir, config, logger, graphFrom: 100, leastCandidates: 10 })),
    { persistent: true, graph: true },
  );
}

vectorIndexSuite(
  'usearch in its own process',
  () => onDisk((stateDir) => createUsearchIndex({ stateDir, config: INDEX_CONFIG, logger })),
  { persistent: true },
);
