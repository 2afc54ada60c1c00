import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readManifest } from './cache';
import { sha256Of } from './checksum';
import { locate } from './keras-model';
import type { ModelDescriptor, ResolvedModel } from './model';
import type { ModelOptions } from './options';
import { type ModelEntry, modelEntry, registeredModels } from './registry';
import { bundledFile, describe, isKeras, resolveModel } from './resolve';

export interface ModelListing extends ModelDescriptor {
  /** `bundled`: comes with the package; `cached`: ready in the cache; `absent`: has to be pulled. */
  state: 'bundled' | 'cached' | 'absent';
  /** The ONNX file, when it is there. */
  path?: string;
  bytes?: number;
}

export interface VerifiedFile {
  path: string;
  expected: string;
  received: string;
  ok: boolean;
}

export interface Verification {
  name: string;
  state: 'ok' | 'absent' | 'damaged';
  /** Every file of the model that is on this machine. */
  files: VerifiedFile[];
}

/** All models of the registry and whether they are on this machine. Reads no model file. */
export async function listModels(options: ModelOptions = {}): Promise<ModelListing[]> {
  return Promise.all(registeredModels().map((entry) => listing(entry, options)));
}

/** Has the model on this machine when it resolves: found, or fetched and converted. */
export function pullModel(name: string, options: ModelOptions = {}): Promise<ResolvedModel> {
  return resolveModel(name, options);
}

/** Compares the model's files with their checksums. Uses no network and changes nothing. */
export async function verifyModel(name: string, options: ModelOptions = {}): Promise<Verification> {
  const entry = modelEntry(name);
  const wanted: Array<[path: string, expected: string]> = [];
  if (isKeras(entry)) {
    const { files, sha256 } = locate(entry, options);
    const manifest = await readManifest(files, sha256);
    wanted.push([files.onnx, manifest?.onnx ?? 'none recorded'], [files.weights, sha256]);
  } else {
    wanted.push([bundledFile(entry, options), entry.source.sha256]);
  }
  const there = wanted.filter(([path]) => existsSync(path));
  const files = await Promise.all(
    there.map(async ([path, expected]) => {
      const received = await sha256Of(path);
      return { path, expected, received, ok: received === expected };
    }),
  );
  if (files.some((file) => !file.ok)) return { name, state: 'damaged', files };
  return { name, state: there.some(([path]) => path === wanted[0][0]) ? 'ok' : 'absent', files };
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
  const path = bundledFile(entry, options);
  const found = await stat(path).catch(() => undefined);
  return found ? { ...model, state: 'bundled', path, bytes: found.size } : { ...model, state: 'absent' };
}
