import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { cacheDir } from '../../plugin/models/cache';
import { listModels, verifyModel } from '../../plugin/models/manage';
import { resolveModel } from '../../plugin/models/resolve';
import { graphProblem } from '../../plugin/vector-index/probe';
import type { Check } from './check';
import { folderCheck } from './machine';

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="#eee"/><circle cx="150" cy="150" r="90" fill="#c33"/></svg>';

/** Decoder and engine, as the plugin runs them: in the embedder process. */
const engine: Check = {
  name: 'Decoder and engine',
  async run() {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'similar-doctor-'));
    const embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0') });
    try {
      const file = path.join(folder, 'picture.svg');
      await writeFile(file, PICTURE);
      const result = await embedder.embed(file);
      if (!result.ok)
        return { state: 'problem', detail: result.reason, remedy: 'Reinstall on the machine where Strapi runs.' };
      const started = performance.now();
      const rounds = 16;
      await Promise.all(Array.from({ length: rounds }, () => embedder.embed(file)));
      const rate = Math.round(rounds / ((performance.now() - started) / 1000));
      const { engine, device, slowBecause } = embedder.status();
      const detail = `${engine} on ${device}, about ${rate} small pictures a second with the bundled model`;
      if (!slowBecause) return { state: 'ok', detail };
      return { state: 'warning', detail, remedy: `${slowBecause}. See “WebAssembly” in docs/engines.md.` };
    } finally {
      await embedder.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const graph: Check = {
  name: 'Vector index',
  async run() {
    const problem = await graphProblem();
    if (!problem) return { state: 'ok', detail: 'USearch works' };
    const detail = `USearch cannot be used (${problem}): searches compare all vectors`;
    return {
      state: 'warning',
      detail,
      remedy: 'Fine up to about ten thousand pictures; beyond that, use an image based on Debian.',
    };
  },
};

const models: Check = {
  name: 'Models',
  async run() {
    // Nobody misses a model of others that was never asked for.
    const listed = (await listModels()).filter(({ isUnverified, state }) => !isUnverified || state !== 'absent');
    const names = [...new Set(listed.map(({ name }) => name))];
    const damaged: string[] = [];
    for (const name of names) {
      if ((await verifyModel(name)).some(({ state }) => state === 'damaged')) damaged.push(name);
    }
    const detail = listed.map(({ name, state }) => `${name} ${damaged.includes(name) ? 'damaged' : state}`).join(', ');
    if (damaged.length > 0) {
      const remedy = `npx strapi-plugin-similar model verify names the files; delete them, then: npx strapi-plugin-similar model pull ${damaged[0]}`;
      return { state: 'problem', detail, remedy };
    }
    const here = new Set(listed.filter(({ state }) => state !== 'absent').map(({ name }) => name));
    if (names.every((name) => here.has(name))) return { state: 'ok', detail };
    return {
      state: 'warning',
      detail,
      remedy:
        "It is downloaded at the first start. Without a network, set models.path, models.mirror, or model: 'efficientnet-lite0'.",
    };
  },
};

export const PARTS: readonly Check[] = [
  engine,
  graph,
  models,
  folderCheck('Model cache', cacheDir(), 'Set models.cacheDir, or SIMILAR_MODEL_CACHE, to a writable folder.'),
];
