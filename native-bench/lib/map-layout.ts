import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../plugin/contracts/config';
import type * as PictureMaps from '../../plugin/map/picture-map';
import type * as SpaceSearches from '../../plugin/search/space-search';
import type * as Client from '../../plugin/vector-index/usearch';
import { compilePlugin } from '../../test/helpers/compiled';
import { createClusters, createRandom, stored } from '../../test/helpers/vectors';

const nothing = async () => {};
const oneNode = {
  read: async () => ({ turn: 0, held: false }),
  report: async () => true,
  cancel: async () => false,
  ...{ end: nothing, keep: nothing, release: nothing },
};

const DIMS = 1280;
const CLUSTERS = 100;
const PAGE = 500;
const PROBES = 300;
const NEAREST = 8;
const IDLE_MS = 5_000;

export interface LayoutMeasured {
  spots: PictureMaps.MapState['spots'];
  neighboursSeconds: number;
  layoutSeconds: number;
  /** Largest resident size of the process that lays out. */
  peakMb: number;
  /** Delay of this process, which stands for the CMS, in milliseconds: while the map is laid out, and idle before that. */
  loop: { busy: Delay; idle: Delay };
  /** Until the map of a library that has grown by one per cent is there. */
  placeSeconds: number;
  /** Share of the pictures nearest on the map that are of the same cluster. */
  together: number;
}

interface Delay {
  p99: number;
  max: number;
}

async function delayDuring(what: () => Promise<void>): Promise<Delay> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await what();
  delay.disable();
  return { p99: delay.percentile(99) / 1e6 - 1, max: delay.max / 1e6 - 1 };
}

const quiet = { info() {}, warn: console.warn, error: console.error, debug() {} };

function peakMb(pid: number): number {
  try {
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
}

/** Lays out vectors in clusters with the real index and the real process, compiled as they are shipped. */
export async function measureLayout(pictures: number): Promise<LayoutMeasured> {
  const dist = compilePlugin();
  const load = <Module>(file: string): Module => require(path.join(dist, 'plugin', file));
  const stateDir = mkdtempSync(path.join(os.tmpdir(), 'similar-map-'));
  const space = { id: 'bench@1', model: 'bench', dims: DIMS };
  const { index: config } = configSchema.parse({});
  const index = load<typeof Client>('vector-index/usearch').createUsearchIndex({
    stateDir,
    config,
    logger: quiet,
    onRestart() {},
  });
  try {
    await index.open(space);
    const random = createRandom(1);
    const draws = Array.from({ length: CLUSTERS }, () => createClusters(DIMS, 1, random));
    const vectors = new Map<number, Float32Array>();
    let next = 1;
    const add = async (count: number) => {
      for (const until = next + count; next < until; ) {
        const page = Array.from({ length: Math.min(PAGE, until - next) }, () => next++);
        for (const id of page) vectors.set(id, draws[id % CLUSTERS]());
        await index.put(page.map((id) => stored(id, id, vectors.get(id) as Float32Array)));
      }
    };
    await add(pictures);
    while ((await index.status()).mode !== 'graph') await sleep(200);

    const store = {
      vectors: async (_space: string, ids: readonly number[]) =>
        new Map(ids.map((id) => [id, vectors.get(id) as Float32Array])),
      vectorKeys: async (_space: string, after: number, limit: number) =>
        Array.from({ length: Math.min(limit, next - 1 - after) }, (_, at) => ({
          fileId: after + 1 + at,
          seq: after + 1 + at,
        })),
    };
    const search = load<typeof SpaceSearches>('search/space-search').createSpaceSearch({
      ...{ space, index, ready: async () => {} },
      store: store as never,
      embed: async () => Promise.reject(new Error('not asked for')),
    });
    let layoutAt = 0;
    let peak = 0;
    let watch: NodeJS.Timeout | undefined;
    const map = load<typeof PictureMaps>('map/picture-map').createPictureMap({
      ...{ space, store: store as never, search: () => search, shared: oneNode, logger: quiet },
      file: path.join(stateDir, 'picture.map'),
      onLayoutStart(pid) {
        layoutAt = performance.now();
        watch = setInterval(() => {
          peak = Math.max(peak, peakMb(pid as number));
        }, 20);
      },
    });
    const whole = async () => {
      for (;;) {
        const state = await map.state();
        if (state.problem) throw new Error(state.problem);
        if (state.computing === undefined && state.spots.size === state.total) return state.spots;
        await sleep(100);
      }
    };
    const idle = await delayDuring(() => sleep(IDLE_MS));
    const start = performance.now();
    let spots: LayoutMeasured['spots'] = new Map();
    const busy = await delayDuring(async () => {
      spots = await whole();
    });
    const end = performance.now();
    clearInterval(watch);
    await add(Math.ceil(pictures / 100));
    const placing = performance.now();
    await whole();
    const placeSeconds = (performance.now() - placing) / 1_000;
    map.stop();
    return {
      spots,
      neighboursSeconds: (layoutAt - start) / 1_000,
      layoutSeconds: (end - layoutAt) / 1_000,
      peakMb: peak,
      loop: { busy, idle },
      placeSeconds,
      together: togetherness(spots),
    };
  } finally {
    await index.close();
    rmSync(stateDir, { recursive: true, force: true });
    rmSync(dist, { recursive: true, force: true });
  }
}

function togetherness(spots: LayoutMeasured['spots']): number {
  let same = 0;
  const probes = [...spots].slice(0, PROBES);
  for (const [id, { x, y }] of probes) {
    const nearest = [...spots]
      .map(([other, spot]) => ({ other, far: Math.hypot(spot.x - x, spot.y - y) }))
      .sort((a, b) => a.far - b.far)
      .slice(1, NEAREST + 1);
    same += nearest.filter(({ other }) => other % CLUSTERS === id % CLUSTERS).length;
  }
  return same / (probes.length * NEAREST);
}
