import { parseArgs } from 'node:util';
import { DEFAULT_MODEL } from '../plugin/folder/open-folder';
import { listModels, pullModel, type Verification, verifyModel } from '../plugin/models/manage';
import type { ModelOptions } from '../plugin/models/options';
import { type Command, refuseOthers, type Streams, UsageError } from './command';
import { interruptible } from './interrupt';
import { addModel } from './model-add';
import { modelProgress } from './model-progress';
import { tryModelOn } from './model-try';
import { writeJson } from './output';

const help = `Manages the models on this machine.

Usage: strapi-plugin-similar model list [--json]
       strapi-plugin-similar model pull <name> [options]
       strapi-plugin-similar model verify [<name>] [--json]
       strapi-plugin-similar model add <file or url> [options]
       strapi-plugin-similar model try <entry> <dir> [options]

  list     all models, and whether they are on this machine
  pull     download a model and convert it, so that it can be used offline later
  verify   compare files with their checksums: of one model, or of all on this machine
  add      look into any ONNX file, try it, and print what to write into config/plugins to use it
  try      show what such a model finds in a folder of pictures, beside another one; <entry> is a file with what add printed

  --cache-dir <dir>   where models are kept (default: SIMILAR_MODEL_CACHE, else the user's cache folder)
  --path <file>       weights file, or the folder that contains it, to use instead of a download
  --mirror <url>      URL of the weights file, or of its folder, to use instead of the official one
  --sha256 <hex>      checksum of the weights, if you use other ones than those published
  --offline           never use the network
  --beside <name>     the other model (try; default ${DEFAULT_MODEL})
  --html <file>       the page that is written (try; default similar-models.html)
  --name <name>       what it is to be called (add)
  --dims <count>      numbers of its vectors, where the file does not say it (add)
  --json              print JSON`;

const KNOWN = ['cache-dir', 'path', 'mirror', 'sha256', 'offline', 'json'];
/** Action → its flags. */
const FLAGS: Record<string, readonly string[]> = {
  list: KNOWN,
  pull: KNOWN,
  verify: KNOWN,
  add: ['cache-dir', 'offline', 'name', 'dims', 'json'],
  try: ['cache-dir', 'beside', 'html'],
};

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
        name: { type: 'string' },
        dims: { type: 'string' },
        beside: { type: 'string' },
        html: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const [action = '', name, ...more] = positionals;
    if (!Object.hasOwn(FLAGS, action)) {
      throw new UsageError(`Expected one of ${Object.keys(FLAGS).join(', ')} but received "${action}".`);
    }
    refuseOthers(values, FLAGS[action], `model ${action}`);
    const surplus = action === 'try' ? more[1] : more[0];
    if (surplus !== undefined) throw new UsageError(`Unexpected argument "${surplus}".`);
    const { 'cache-dir': cacheDir, path, mirror, sha256, offline, json = false, beside, html } = values;
    const options = { cacheDir, path, mirror, sha256, offline };
    if (action === 'add') {
      const { name: called, dims } = values;
      return addModel(name, { cacheDir, offline, name: called, dims: dimsOf(dims) }, streams, json);
    }
    if (action === 'try') return tryModelOn(name, more[0], { beside, html, cacheDir }, streams);
    if (action === 'list') return list(name, options, streams, json);
    return (action === 'pull' ? pull : verify)(name, options, streams, json);
  },
};

async function list(name: string | undefined, options: ModelOptions, streams: Streams, json: boolean): Promise<number> {
  if (name !== undefined) throw new UsageError(`Unexpected argument "${name}".`);
  const models = await listModels(options);
  if (json) writeJson(streams, models);
  else
    for (const { name, variant, state, dims, licence, isUnverified, text } of models) {
      const words = text && `words (${text.languages}${text.state === 'absent' ? '; not here' : ''})`;
      const about = [`${dims} numbers`, variant ? weightsNamed(variant) : licence, isUnverified && 'unverified', words];
      writeRow(streams, name, state, about.filter(Boolean).join(', '));
    }
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

function dimsOf(value: string | undefined): number | undefined {
  const dims = Number(value);
  if (value !== undefined && !(Number.isInteger(dims) && dims > 1)) {
    throw new UsageError(`Expected a number of at least 2 for --dims but received "${value}".`);
  }
  return value === undefined ? undefined : dims;
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
  streams.out.write(`${name.padEnd(22)}${state.padEnd(10)}${rest}`.trimEnd().concat('\n'));
}
