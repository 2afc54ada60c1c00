import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import { type PlaygroundProcess, spawnPlayground } from '../../test/helpers/strapi-process';
import { ordinaryPhotos } from '../lib/photos';
import { childrenOf, residentMb } from '../lib/processes';
import { publish } from '../lib/report';

const PICTURES = Number(process.env.COUNT ?? 1_000);
const AT_ONCE = 5;
const SEARCHES = 300;
const BY_PICTURE = 30;
const SAMPLE_MS = 50;
/** Of all processes of the CMS together, where the machine lets this process make a group (cgroup v1, as root). */
const LIMIT_MB = process.env.LIMIT_MB ? Number(process.env.LIMIT_MB) : undefined;
const JOIN = path.resolve(__dirname, '../lib/join-group.cjs');
const GROUP = '/sys/fs/cgroup/memory/similar-small-host';

type Peaks = Record<'cms' | 'embedder' | 'index' | 'others' | 'all', number>;

const CONFIGS: Record<string, SimilarConfigInput> = {
  "default, model: 'efficientnet-lite0'": {},
  "preset: 'small'": { preset: 'small' },
};

/** Highest resident memory of each process, and of all at one moment. */
function watch(parent: number) {
  const peaks: Peaks = { cms: 0, embedder: 0, index: 0, others: 0, all: 0 };
  const timer = setInterval(() => {
    try {
      const now: Peaks = { cms: residentMb(parent), embedder: 0, index: 0, others: 0, all: 0 };
      for (const [room, pid] of childrenOf(parent)) {
        const mb = residentMb(pid);
        if (room === 'embedder') now.embedder += mb;
        else if (room === 'vector-index') now.index += mb;
        else now.others += mb;
      }
      now.all = now.cms + now.embedder + now.index + now.others;
      for (const key of Object.keys(peaks) as Array<keyof Peaks>) peaks[key] = Math.max(peaks[key], now[key]);
    } catch {
      // A process has ended meanwhile.
    }
  }, SAMPLE_MS);
  return {
    take(): Peaks {
      const taken = { ...peaks };
      for (const key of Object.keys(peaks) as Array<keyof Peaks>) peaks[key] = 0;
      return taken;
    },
    end: () => clearInterval(timer),
  };
}

async function settled({ client }: PlaygroundProcess): Promise<{ failed: number; space: string }> {
  for (;;) {
    const { body } = await client.admin('GET', '/similar/progress');
    const { pending, indexed, next, refinement, failed, space } = body;
    const isLearning = ['learning', 'building'].includes(refinement?.state);
    if (pending === 0 && !next && !isLearning && indexed + failed >= PICTURES) return { failed, space };
    await sleep(500);
  }
}

async function measure(config: SimilarConfigInput) {
  const join: Record<string, string> = LIMIT_MB
    ? { NODE_OPTIONS: `--require ${JOIN}`, JOIN_GROUP: path.join(GROUP, 'cgroup.procs') }
    : {};
  const shop = await spawnPlayground({ config, env: { NODE_ENV: 'production', ...join } });
  const watching = watch(shop.pid);
  try {
    const photos = ordinaryPhotos(PICTURES);
    const files: number[] = [];
    for (let at = 0; at < photos.length; at += AT_ONCE) {
      files.push(...(await shop.client.upload(photos.slice(at, at + AT_ONCE))).map(({ id }) => id));
    }
    const { failed, space } = await settled(shop);
    const embedding = watching.take();
    for (let at = 0; at < SEARCHES; at++) {
      const { status } = await shop.client.admin('POST', '/similar/items', {
        type: 'file',
        pictures: [files[at % files.length]],
      });
      if (status !== 200) throw new Error(`search: ${status}`);
    }
    for (let at = 0; at < BY_PICTURE; at++) {
      const body = new FormData();
      body.append(
        'picture',
        new Blob([new Uint8Array(await readFile(photos[at % photos.length]))], { type: 'image/jpeg' }),
        'x.jpg',
      );
      const { status } = await shop.client.api('/api/similar/search', { method: 'POST', body });
      if (status !== 200) throw new Error(`search by picture: ${status}`);
    }
    return { embedding, searching: watching.take(), failed, space };
  } finally {
    watching.end();
    await shop.stop();
  }
}

const mb = (value: number) => value.toFixed(0);

/** Memory of Strapi and of the plugin's processes on a small machine, with the default configuration and with its preset. */
export async function run(): Promise<void> {
  if (LIMIT_MB) {
    mkdirSync(GROUP, { recursive: true });
    writeFileSync(path.join(GROUP, 'memory.limit_in_bytes'), String(LIMIT_MB * 2 ** 20));
  }
  const rows: string[][] = [];
  const only = process.env.ONLY;
  for (const [name, config] of Object.entries(CONFIGS)) {
    if (only && !name.includes(only)) continue;
    const { embedding, searching, failed, space } = await measure(config);
    for (const [phase, peaks] of [
      ['embedding', embedding],
      ['searching', searching],
    ] as const) {
      const { cms, embedder, index, others, all } = peaks;
      rows.push([name, phase, ...[cms, embedder, index, others, all].map(mb), String(failed), space]);
    }
    console.log(rows.slice(-2));
  }
  if (LIMIT_MB) {
    for (const file of ['memory.max_usage_in_bytes', 'memory.failcnt', 'memory.oom_control']) {
      console.log(file, (await readFile(path.join(GROUP, file), 'utf8')).trim());
    }
    rmdirSync(GROUP);
    return;
  }
  publish('small-host', {
    title: 'Memory on a small machine',
    method: `A new shop, started as in production, gets ${PICTURES} photos, ${AT_ONCE} per upload; then ${SEARCHES} searches by file and ${BY_PICTURE} by picture. Highest resident memory in MiB, looked at every ${SAMPLE_MS} ms: of Strapi, of the embedder, of the index, of other processes of the plugin, and of all at one moment. Pages that processes share count in each. One run each.`,
    columns: ['Configuration', 'While', 'Strapi', 'embedder', 'index', 'others', 'all', 'failed', 'space'],
    rows,
  });
}
