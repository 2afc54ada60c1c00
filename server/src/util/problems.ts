import type { Progress } from '../../../plugin/contracts/progress';

/** What may need an operator. */
export const PROBLEMS = [
  'INDEX_UNAVAILABLE',
  'LIBRARY_UNSEEN',
  'EMBEDDER_UNAVAILABLE',
  'PGVECTOR_UNAVAILABLE',
  'WEAVIATE_UNAVAILABLE',
] as const;

/** Which of them a node has. */
export function problemsOf({ index, unseen, problem }: Progress): Array<(typeof PROBLEMS)[number]> {
  const codes: Array<(typeof PROBLEMS)[number]> = [];
  if (index.state !== 'ready' || index.code === 'INDEX_UNAVAILABLE') codes.push('INDEX_UNAVAILABLE');
  if (index.code === 'PGVECTOR_UNAVAILABLE' || index.code === 'WEAVIATE_UNAVAILABLE') codes.push(index.code);
  if (unseen) codes.push('LIBRARY_UNSEEN');
  else if (problem) codes.push('EMBEDDER_UNAVAILABLE');
  return codes;
}
