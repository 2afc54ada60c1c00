import { parseArgs } from 'node:util';
import { listModels, pullModel, type Verification, verifyModel } from '../plugin/models/manage';
import type { ModelOptions } from '../plugin/models/options';
import { type Command, type Streams, UsageError } from './command';
import { interruptible } from './interrupt';
import { modelProgress } from './model-progress';
import { writeJson } from './output';

const help = `Manages the models on this machine.

Usage: strapi-plugin-similar model list [--json]
       strapi-plugin-similar model pull <name> [options]
       strapi-plugin-similar model verify [<name>] [--json]

  list     all models, and whether they are on this machine
  pull     download a model and convert it, so that it can be used offline later
  verify   compare files with their checksums: of one model, or of all on this machine

  --cache-dir <dir>   where models are kept (default: SIMILAR_MODEL_CACHE, else the user's cache folder)
  --path <file>       weights file, or the folder that contains it, to use instead of a download
  --mirror <url>      URL of the weights file, or of its folder, to use instead of the official one
  --sha256 <hex>      checksum of the weights, if you use other ones than those published
  --offline           never use the network
  --json              print JSON`;

const ACTIONS = { list, pull, verify };

export const model: Command = {
  summary: 'list, download and check the models on this machine',
  help,
  async run(args, streams) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        'cache-dir': { type: 'string' },
        path: { type: 'string' },
        mirror: { type: 'string' },
        sha256: { type: 'string' },
        offline: { type: 'boolean' },
        json: { type: 'boolean', default: false },
      },
    });
    const [action, name, ...more] = positionals;
    if (!Object.hasOwn(ACTIONS, action ?? '')) {
      throw new UsageError(`Expected one of ${Object.keys(ACTIONS).join(', ')} but received "${action ?? ''}".`);
    }
    if (more.length > 0) throw new UsageError(`Unexpected argument "${more[0]}".`);
    const { path, mirror, sha256, offline } = values;
    const options = { cacheDir: values['cache-dir'], path, mirror, sha256, offline };
    return ACTIONS[action as keyof typeof ACTIONS](name, options, streams, values.json);
  },
};

async function list(name: string | undefined, options: ModelOptions, streams: Streams, json: boolean): Promise<number> {
  if (name !== undefined) throw new UsageError(`Unexpected argument "${name}".`);
  const models = await listModels(options);
  if (json) writeJson(streams, models);
  else
    for (const { name, variant, state, dims, licence } of models)
      writeRow(streams, name, state, `${dims} numbers, ${variant ? weightsNamed(variant) : licence}`);
  return 0;
}

async function pull(name: string | undefined, options: ModelOptions, streams: Streams, json: boolean): Promise<number> {
  if (name === undefined) throw new UsageError('Expected the name of a model.');
  const { log, onProgress, stop } = modelProgress(name, streams.err);
  return interruptible(streams.err, async (signal) => {
    const resolved = await pullModel(name, { ...options, signal, onProgress, log }).finally(stop);
    if (json) writeJson(streams, resolved);
    else writeRow(streams, name, 'ready', resolved.path);
    return 0;
  });
}

async function verify(
  name: string | undefined,
  options: ModelOptions,
  streams: Streams,
  json: boolean,
): Promise<number> {
  const names = name === undefined ? new Set((await listModels(options)).map((model) => model.name)) : [name];
  const results: Verification[] = [];
  for (const each of names) results.push(...(await verifyModel(each, options)));
  if (json) writeJson(streams, results);
  else for (const result of results) writeVerification(streams, result);
  // If no model was named, a missing one is not a failure.
  const absent = name !== undefined && results.every(({ state }) => state === 'absent');
  return absent || results.some(({ state }) => state === 'damaged') ? 1 : 0;
}

const weightsNamed = (variant: string) => `other weights (SHA-256 ${variant}…)`;

function writeVerification(streams: Streams, { name, variant, state, files }: Verification): void {
  writeRow(streams, name, state, variant ? weightsNamed(variant) : '');
  for (const file of files) {
    streams.out.write(`  ${file.path}\n`);
    if (!file.ok) streams.out.write(`    expected ${file.expected}\n    received ${file.received}\n`);
  }
}

function writeRow(streams: Streams, name: string, state: string, rest: string): void {
  streams.out.write(`${name.padEnd(20)}${state.padEnd(10)}${rest}`.trimEnd().concat('\n'));
}
