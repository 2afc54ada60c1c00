import { dot } from './dot';

export interface Retrieval {
  queries: number;
  /** Share of queries whose nearest neighbour has their label. */
  recallAt1: number;
  /** Mean share of the seven nearest that have the query's label. */
  precisionAt7: number;
}

/** Exact search of every vector among the others; only queries whose label occurs more than once count. */
export function retrieval(vectors: readonly Float32Array[], labels: readonly string[]): Retrieval {
  const occurrences = new Map<string, number>();
  for (const label of labels) occurrences.set(label, (occurrences.get(label) ?? 0) + 1);
  let [queries, first, inSeven] = [0, 0, 0];
  for (const [q, vector] of vectors.entries()) {
    if (occurrences.get(labels[q]) === 1) continue;
    const nearest = vectors
      .map((other, i) => ({ i, similarity: i === q ? -2 : dot(vector, other) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 7);
    const hits = nearest.map(({ i }) => labels[i] === labels[q]);
    queries += 1;
    first += Number(hits[0]);
    inSeven += hits.filter(Boolean).length / 7;
  }
  return { queries, recallAt1: first / queries, precisionAt7: inSeven / queries };
}

/** Mean share of the seven nearest that have the query's label; only queries whose label occurs more than once count. */
export async function precisionAt7<Id>(
  ids: readonly Id[],
  labels: readonly string[],
  nearest: (id: Id) => Promise<Id[]>,
): Promise<number> {
  const labelOf = new Map(ids.map((id, at) => [id, labels[at]]));
  let [queries, hits] = [0, 0];
  for (const [at, id] of ids.entries()) {
    if (labels.filter((label) => label === labels[at]).length === 1) continue;
    queries += 1;
    hits += (await nearest(id)).filter((other) => labelOf.get(other) === labels[at]).length / 7;
  }
  return hits / queries;
}
