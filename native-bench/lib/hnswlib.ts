import type { SimilarConfig } from '../../plugin/contracts/config';

interface Hnsw {
  initIndex(options: { maxElements: number; m: number; efConstruction: number }): void;
  addPoint(point: number[], label: number): void;
  searchKnn(query: number[], k: number): { neighbors: number[] };
  setEf(ef: number): void;
}

/** hnswlib-node with the settings of our graph, or undefined where it is not installed: it is compiled when it is. */
export function hnswlib(dims: number, size: number, config: SimilarConfig['index']) {
  let library: { HierarchicalNSW: new (space: 'ip', dims: number) => Hnsw };
  try {
    library = require('hnswlib-node');
  } catch {
    return undefined;
  }
  const index = new library.HierarchicalNSW('ip', dims);
  index.initIndex({ maxElements: size, m: config.connectivity, efConstruction: config.expansionAdd });
  index.setEf(config.expansionSearch);
  return {
    add: (label: number, unit: Float32Array) => index.addPoint(Array.from(unit), label),
    search: (unit: number[], k: number) => index.searchKnn(unit, k).neighbors,
  };
}
