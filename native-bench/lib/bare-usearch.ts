import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SimilarConfig } from '../../plugin/contracts/config';
import type { Space } from '../../plugin/ports';
import { indexFolder } from '../../plugin/vector-index/folder';
import { Graph } from '../../plugin/vector-index/process/graph';
import { MANIFEST, parseManifest } from '../../plugin/vector-index/process/manifest';

/** The graph that an index has saved, in this process and without the rest of the index: usearch alone, at the same size. */
export function bareUsearch(stateDir: string, space: Space, config: SimilarConfig['index']): Graph {
  const dir = indexFolder(stateDir, space.id);
  const { graph } = parseManifest(readFileSync(path.join(dir, MANIFEST), 'utf8'));
  if (!graph) throw new Error('The index has saved no graph');
  return Graph.load(path.join(dir, graph.name), space.dims, config, graph.covered);
}
