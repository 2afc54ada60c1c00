import { SimilarError } from '../errors';

type Hdf5 = typeof import('h5wasm', { with: { 'resolution-mode': 'import' }});
type Group = InstanceType<Hdf5['Group']>;
type Dataset = InstanceType<Hdf5['Dataset']>;

/** Weights of a Keras model by layer, read from the HDF5 file one tensor at a time. */
export interface KerasWeights {
  has(layer: string): boolean;
  /**
   * @param index position among the layer's weights, as Keras itself finds them: their names differ between versions.
   * @throws SimilarError `WEIGHTS_INVALID` when the layer, the weight or its shape is another one.
   */
  tensor(layer: string, index: number, shape: readonly number[]): Float32Array;
  close(): void;
}

/** @throws SimilarError `WEIGHTS_INVALID` when the file is not an HDF5 file, or is truncated. */
export async function openKerasWeights(path: string): Promise<KerasWeights> {
  const h5 = await import('h5wasm/node');
  await h5.ready;
  const file = new h5.File(path, 'r');
  if (file.file_id <= 0n) throw invalid('it is no HDF5 file, or not a whole one');
  const root = (file.get('model_weights') ?? file) as Group;

  return {
    has: (layer) => weightNames(root, layer).length > 0,
    tensor(layer, index, shape) {
      const name = weightNames(root, layer)[index];
      if (name === undefined) throw invalid(`layer ${layer} has no weight number ${index + 1}`);
      const dataset = root.get(`${layer}/${name}`) as Dataset | null;
      const found = dataset?.shape;
      if (!found || String(found) !== String(shape)) {
        throw invalid(`expected shape [${shape}] for ${layer}/${name} but received [${found ?? 'nothing'}]`);
      }
      const values = dataset.value;
      if (!(values instanceof Float32Array)) throw invalid(`${layer}/${name} is not of type float32`);
      return values;
    },
    close: () => void file.close(),
  };
}

function weightNames(root: Group, layer: string): string[] {
  const names = (root.get(layer) as Group | null)?.attrs.weight_names?.value;
  return Array.isArray(names) ? (names as string[]) : [];
}

export function invalid(reason: string): SimilarError {
  return new SimilarError('WEIGHTS_INVALID', `The weights file cannot be used: ${reason}.`, { reason });
}
