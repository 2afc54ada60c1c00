/**
 * A process that starts the plugin's processes while something for it is lacking, run by shortage.test.ts. It says on stdout
 * what came of it, as JSON; that it ends with code 0 says that nothing was thrown.
 */
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configSchema } from '../../plugin/contracts/config';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { createThumbnails } from '../../plugin/folder/thumbnails';
import { startQuantiser } from '../../plugin/int8/process-client';
import { layOut } from '../../plugin/map/layout';
import { convertWeights } from '../../plugin/models/convert';
import { resolveModel } from '../../plugin/models/resolve';
import { createIndexSync } from '../../plugin/pipeline/index-sync';
import { startRefiner } from '../../plugin/refine/refiner';
import { createUsearchIndex } from '../../plugin/vector-index/usearch';
import { createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { createParts, SPACE, vectorOf } from '../helpers/pipeline';
import { until } from '../helpers/until';

const [kind, folder, picture] = process.argv.slice(2);
const logger = createTestLogger();
const node = process.execPath;
const { limits } = configSchema.parse({});

/** @returns what ends the shortage. */
const SHORTAGES: Record<string, () => () => void> = {
  /** The shell that started this process allows some hundreds. */
  descriptors() {
    const held: number[] = [];
    try {
      for (;;) held.push(openSync('/dev/null', 'r'));
    } catch {
      return () => held.forEach(closeSync);
    }
  },
  /** Each process dies while it starts. */
  memory() {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'node-without-memory');
    writeFileSync(file, `#!/bin/sh\nulimit -v 200000\nexec '${node}' "$@"\n`);
    chmodSync(file, 0o755);
    return execPath(file);
  },
  /** Node tells this by an event. */
  'program that is gone': () => execPath(path.join(folder, 'gone')),
  /** Node throws. */
  'program in no folder': () => execPath('/dev/null/node'),
};

function execPath(file: string): () => void {
  process.execPath = file;
  return () => {
    process.execPath = node;
  };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error) => error.code ?? error.message,
  );

async function main(): Promise<void> {
  const { store, media, close } = await createParts();
  media.files.set(1, 'one');
  await store.enqueue(SPACE.id, [1]);
  const claims = await store.claim(SPACE.id, 1, 60_000);
  await store.complete(claims.map((claim) => ({ claim, vector: vectorOf('one'), stamp: 's', digest: 'd' })));
  const model = await resolveModel('efficientnet-lite0');

  const end = SHORTAGES[kind]();
  const index = createUsearchIndex({ stateDir: folder, config: INDEX_CONFIG, logger });
  const sync = createIndexSync({ space: SPACE, store, index, logger, patienceMs: 50 });
  sync.start();
  const embedder = createEmbedder({ model, batchSize: 1, threads: 1, limits, logger });
  const embedded = codeOf(embedder.embed(picture));
  await until('both count as broken', async () => {
    return embedder.status().state === 'broken' && ((await index.status()).restarts ?? 0) > 5;
  });
  const quantiser = startQuantiser({ model, engine: 'onnxruntime', calibration: 1, limits });
  const refiner = startRefiner();
  const thumbnails = createThumbnails();
  const lacking = {
    embedded: await embedded,
    searched: await codeOf(sync.ready()),
    quantised: await codeOf(quantiser.add(picture)),
    refined: await codeOf(refiner.sample(new Float32Array(1), 1)),
    converted: await codeOf(convertWeights({ converter: 'resnet50', source: picture, target: `${picture}.onnx` })),
    laidOut: await codeOf(layOut(JOB)),
    images: (await thumbnails.draw({ path: picture, channels: false })).images.length,
  };
  quantiser.close();
  refiner.close();

  end();
  await until('the index is loaded', () => sync.synced);
  const found = await index.searchLike(1, 1);
  await until('the embedder runs', () => embedder.status().state === 'ready');
  const again = {
    found: found?.length,
    embedded: await codeOf(embedder.embed(picture)),
    images: (await thumbnails.draw({ path: picture, channels: false })).images.length,
  };
  thumbnails.close();
  await Promise.all([sync.stop(), embedder.close()]);
  await index.close();
  await close();
  process.stdout.write(`${JSON.stringify({ lacking, again, lines: logger.lines })}\n`);
}

const JOB = {
  neighbours: Int32Array.of(0, 1, 1, 0, 2, 0),
  distances: new Float32Array(6),
  k: 2,
  start: new Float32Array(6),
};

main();
