import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TextTowerSource } from '../contracts/custom-model';
import { sha256Of } from '../files/sha256';
import { cacheDir, convertedWeights, readManifest } from './cache';
import { customTarget } from './custom-model';
import type { ModelEntry } from './entry';
import { locate } from './keras-model';
import type { ModelDescriptor, ResolvedModel } from './model';
import type { ModelOptions } from './options';
import { everyModel, modelEntry } from './registry';
import { bundledFile, describe, isKeras, resolveModel } from './resolve';
import { resolveTextTower, textOf, textTargets } from './text-tower';

export interface ModelListing extends ModelDescriptor {
  /** `bundled`: comes with the package; `cached`: ready in the cache; `yours`: at the path that you named; `absent`: has to be pulled. */
  state: 'bundled' | 'cached' | 'yours' | 'absent';
  /** The ONNX file, when it is there. */
  path?: string;
  bytes?: number;
  /** Of a model that knows words: those of which languages, and whether what it needs for them is on this machine. */
  text?: { languages: string; state: 'ready' | 'absent' };
}

export interface VerifiedFile {
  path: string;
  expected: string;
  received: string;
  ok: boolean;
}

export interface Verification {
  name: string;
  /** Begin of the weights' SHA-256, when they are other ones than the published. */
  variant?: string;
  state: 'ok' | 'absent' | 'damaged';
  /** Every file of the model that is on this machine. */
  files: VerifiedFile[];
}

/**
 * All models of the registry, and those of one's own, and whether they are on this machine; a model that was converted from other weights, too, has a line for
 * each of them. Reads no model file.
 */
export async function listModels(options: ModelOptions = {}): Promise<ModelListing[]> {
  const lists = everyModel(options).map(async (entry) =>
    Promise.all((await eachWeights(entry, options)).map((one) => listing(entry, one))),
  );
  return (await Promise.all(lists)).flat();
}

/** The same options, and again for each other weights file that this model was converted from, unless one is named. */
async function eachWeights(entry: ModelEntry, options: ModelOptions): Promise<ModelOptions[]> {
  if (!isKeras(entry) || options.sha256) return [options];
  const here = await convertedWeights(cacheDir(options.cacheDir), entry.name);
  return [options, ...here.filter((one) => one !== entry.source.sha256).map((sha256) => ({ ...options, sha256 }))];
}

/** When it resolves, the model is on this machine, with its text tower if it has one: found, or downloaded and converted. */
export async function pullModel(name: string, options: ModelOptions = {}): Promise<ResolvedModel> {
  const model = await resolveModel(name, options);
  const entry = modelEntry(name, options);
  const text = textOf(entry);
  if (text) await resolveTextTower(entry, text, options);
  return model;
}

/**
 * Compares the model's files with their checksums, those that were made from other weights, too. Uses no network and changes nothing.
 * @throws SimilarError `UNKNOWN_MODEL`
 */
export async function verifyModel(name: string, options: ModelOptions = {}): Promise<Verification[]> {
  const entry = modelEntry(name, options);
  const all = await eachWeights(entry, options);
  return Promise.all(all.map((one) => verifyOne(entry, one)));
}

async function verifyOne(entry: ModelEntry, options: ModelOptions): Promise<Verification> {
  const { variant } = describe(entry, options);
  const model = { name: entry.name, ...(variant && { variant }) };
  const wanted: Array<[path: string, expected: string]> = [];
  if (isKeras(entry)) {
    const { files, sha256 } = locate(entry, options);
    const manifest = await readManifest(files, sha256);
    wanted.push([files.onnx, manifest?.onnx ?? 'none recorded'], [files.weights, sha256]);
  } else {
    const own = fileOf(entry, options);
    const text = textOf(entry);
    const files = [own, ...(text ? textTargets(entry.name, text, options) : [])];
    for (const { path, sha256 } of files) if (sha256) wanted.push([path, sha256]);
    // Of some nobody has said what they should be.
    if (wanted.length === 0) return { ...model, state: existsSync(own.path) ? 'ok' : 'absent', files: [] };
  }
  const there = wanted.filter(([path]) => existsSync(path));
  const files = await Promise.all(
    there.map(async ([path, expected]) => {
      const received = await sha256Of(path);
      return { path, expected, received, ok: received === expected };
    }),
  );
  if (files.some((file) => !file.ok)) return { ...model, state: 'damaged', files };
  return { ...model, state: there.some(([path]) => path === wanted[0][0]) ? 'ok' : 'absent', files };
}

async function listing(entry: ModelEntry, options: ModelOptions): Promise<ModelListing> {
  const model = describe(entry, options);
  if (isKeras(entry)) {
    const { files, sha256 } = locate(entry, options);
    const manifest = await readManifest(files, sha256);
    return manifest
      ? { ...model, state: 'cached', path: files.onnx, bytes: manifest.bytes }
      : { ...model, state: 'absent' };
  }
  const { path, state } = fileOf(entry, options);
  const found = await stat(path).catch(() => undefined);
  const text = textOf(entry);
  const words = text && { text: { languages: text.languages, state: textState(entry.name, text, options) } };
  return { ...model, ...(found ? { state, path, bytes: found.size } : { state: 'absent' }), ...words };
}

function textState(name: string, text: TextTowerSource, options: ModelOptions): 'ready' | 'absent' {
  return textTargets(name, text, options).every(({ path }) => existsSync(path)) ? 'ready' : 'absent';
}

/** Where the file of a model lies that is used as it is. */
function fileOf({ name, source }: ModelEntry, options: ModelOptions) {
  if (source.kind === 'bundled') {
    return { path: bundledFile(source, options), sha256: source.sha256, state: 'bundled' } as const;
  }
  if (source.kind === 'keras') throw new TypeError(`Model ${name} is converted.`);
  const { path: named, sha256 } = source;
  if (named) return { path: resolve(named), sha256, state: 'yours' } as const;
  return { path: customTarget(name, source, options), sha256, state: 'cached' } as const;
}
