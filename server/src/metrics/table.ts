import type { Progress } from '../../../plugin/contracts/progress';
import type { FailureCounts } from '../../../plugin/ports';
import { coverageOf } from '../util/coverage';
import { PROBLEMS, problemsOf } from '../util/problems';

/** What one scrape reads. */
export interface Reading {
  progress: Progress;
  failures: FailureCounts;
}

interface Sample {
  labels: Record<string, string>;
  value: number;
}

export interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  labels: readonly string[];
  samples(reading: Reading): Sample[];
}

const one = (value: (progress: Progress) => number) => ({
  labels: [],
  samples: ({ progress }: Reading) => [{ labels: {}, value: value(progress) }],
});

/** Only `value` is 1: what has a name and no number. */
const info = <Label extends string>(labels: readonly Label[], of: (progress: Progress) => Record<Label, string>) => ({
  labels,
  samples: ({ progress }: Reading) => [{ labels: of(progress), value: 1 }],
});

const STATES = ['pending', 'ready', 'failed', 'unsupported'] as const;

/**
 * Metrics that are read at each scrape. Labels are words of the plugin: no ids, no names of files, nothing that callers send.
 * docs/operations.md lists them, and docs/grafana/similar.json shows them; test/unit/server/metrics.test.ts compares the three.
 */
export const METRICS: readonly Metric[] = [
  {
    name: 'similar_pictures',
    help: 'Pictures of the library by state',
    type: 'gauge',
    labels: ['state'],
    samples: ({ progress }) => STATES.map((state) => ({ labels: { state }, value: progress[state] })),
  },
  {
    name: 'similar_picture_failures',
    help: 'Failed and unsupported pictures by error code',
    type: 'gauge',
    labels: ['code'],
    samples: ({ failures }) =>
      Object.entries(failures).map(([code, value]) => ({ labels: { code }, value: value ?? 0 })),
  },
  {
    name: 'similar_coverage_ratio',
    help: 'Share of the pictures of the library that have been processed',
    type: 'gauge',
    ...one(coverageOf),
  },
  {
    name: 'similar_pictures_embedded_total',
    help: 'Pictures that this node has embedded since it started',
    type: 'counter',
    ...one(({ embedded }) => embedded),
  },
  {
    name: 'similar_paused',
    help: 'Whether embedding is paused on this node',
    type: 'gauge',
    ...one(({ paused }) => Number(paused)),
  },
  {
    name: 'similar_problem',
    help: 'Whether this node has the problem that the code names',
    type: 'gauge',
    labels: ['code'],
    samples({ progress }) {
      const codes = problemsOf(progress);
      return PROBLEMS.map((code) => ({ labels: { code }, value: Number(codes.includes(code)) }));
    },
  },
  {
    name: 'similar_space_info',
    help: 'The live space, its model, and the engine and device that the model runs on',
    type: 'gauge',
    ...info(['space', 'model', 'engine', 'device'], ({ space, model, engine, device }) => ({
      ...{ space, model, engine, device },
    })),
  },
  {
    name: 'similar_space_building_ratio',
    help: 'Share of the pictures that are in a space which is being built',
    type: 'gauge',
    labels: ['kind', 'space'],
    samples: ({ progress }) => building(progress),
  },
  {
    name: 'similar_index_ready',
    help: 'Whether this node answers searches',
    type: 'gauge',
    ...one(({ index }) => Number(index.state === 'ready')),
  },
  {
    name: 'similar_index_info',
    help: 'Kind, mode and state of the vector index of this node',
    type: 'gauge',
    ...info(['kind', 'mode', 'state'], ({ index: { kind, mode, state } }) => ({ kind, mode, state })),
  },
  {
    name: 'similar_index_vectors',
    help: 'Vectors that searches can find',
    type: 'gauge',
    ...one(({ indexed }) => indexed),
  },
  {
    name: 'similar_index_size_bytes',
    help: 'Size of the index files on disk',
    type: 'gauge',
    ...one(({ index }) => index.bytesOnDisk),
  },
  {
    name: 'similar_index_restarts_total',
    help: 'Restarts of the index process',
    type: 'counter',
    ...one(({ index }) => index.restarts),
  },
  {
    name: 'similar_embedder_restarts_total',
    help: 'Restarts of the embedder process',
    type: 'counter',
    ...one(({ embedderRestarts }) => embedderRestarts),
  },
];

function building({ space, next, refinement }: Progress): Sample[] {
  const samples: Sample[] = [];
  if (next) samples.push({ labels: { kind: 'model', space: next.space }, value: coverageOf(next) });
  const { state, done = 0, total = 0 } = refinement;
  if (state === 'building') samples.push({ labels: { kind: 'refined', space }, value: total === 0 ? 0 : done / total });
  return samples;
}
