import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Steps of the write path at which tests end the process, as a power cut would. */
export const FAULT_POINTS = {
  cms: [
    ...['queued', 'claimed', 'opened', 'embedded', 'storing', 'in-storing', 'stored', 'fetched'],
    ...['forgetting', 'rows-gone', 'loss-noted', 'forgotten', 'swept', 'switching', 'switched', 'dropping', 'compared'],
  ],
  embedder: ['decoded'],
  index: [
    ...['in-vectors', 'in-graph', 'graph-written', 'vectors-written', 'keys-written'],
    ...['manifest-written', 'manifest-renamed', 'saved'],
  ],
} as const;

/** The same of a merge of duplicates: test/fault/merge.test.ts. */
export const MERGE_POINTS = [
  'merge-noted',
  'merge-written',
  'merge-merged',
  'merge-deleting',
  'merge-deleted',
] as const;

type Points = typeof FAULT_POINTS;
export type FaultPoint = Points[keyof Points][number] | (typeof MERGE_POINTS)[number];

/** Of a file that says where the next end is: the name of a point, and which pass of it. The one that ends there deletes it. */
const FILE = process.env.SIMILAR_FAULT;

/** Stays in the product: without the variable, which tests alone set, it is one comparison. */
export function faultPoint(name: FaultPoint): void {
  if (FILE !== undefined) endIfAsked(FILE, name);
}

function endIfAsked(file: string, name: FaultPoint): void {
  let wanted: string[];
  try {
    wanted = readFileSync(file, 'utf8').split(' ');
  } catch {
    return; // none is asked for
  }
  if (wanted[0] !== name) return;
  const remaining = Number(wanted[1]) - 1;
  if (remaining > 0) {
    writeFileSync(file, `${name} ${remaining}`);
  } else {
    rmSync(file);
    process.kill(process.pid, 'SIGKILL');
  }
}
