import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SimilarConfig } from '../../plugin/contracts/config';
import type { Space } from '../../plugin/ports';
import { indexFolder } from '../../plugin/vector-index/folder';
import { MANIFEST, parseManifest } from '../../plugin/vector-index/process/manifest';

/** The graph that an index has saved, in this process and without the rest of the index: usearch alone, at the same size. */
export function bareUsearch(stateDir: string, space: Space, config: SimilarConfig['index']) {
  const { Index, MetricKind, ScalarKind } = require('usearch') as typeof import('usearch');
  const scalars = { bf16: ScalarKind.BF16, f16: ScalarKind.F16, f32: ScalarKind.F32, i8: ScalarKind.I8 };
  const dir = indexFolder(stateDir, space.id);
  const { graph } = parseManifest(readFileSync(path.join(dir, MANIFEST), 'utf8'));
  if (!graph) throw new Error('The index has saved no graph');
  const index = new Index({
    dimensions: space.dims,
    metric: MetricKind.IP,
    quantization: scalars[config.scalar],
    connectivity: config.connectivity,
    expansion_add: config.expansionAdd,
    expansion_search: config.expansionSearch,
    multi: false,
  });
  index.load(path.join(dir, graph.name));
  return {
    size: index.size(),
    search: (unit: Float32Array, k: number): number[] => Array.from(index.search(unit, k, 1).keys, Number),
  };
}
