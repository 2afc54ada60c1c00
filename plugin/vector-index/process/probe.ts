/** Child process that loads USearch and uses it once: a library for another CPU ends the process that loads it. */
import { Graph } from './graph';

try {
  const graph = Graph.create(4, { scalar: 'i8', connectivity: 16, expansionAdd: 128, expansionSearch: 64 });
  graph.add(0, Float32Array.of(1, 0, 0, 0));
  process.send?.({ found: graph.search(Float32Array.of(1, 0, 0, 0), 1)[0] === 0 });
} catch (error) {
  process.send?.({ problem: (error as Error).message.split('\n')[0] });
}
process.disconnect?.();
