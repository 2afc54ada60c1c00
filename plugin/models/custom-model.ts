import { createHash } from 'node:crypto';
import type { CustomModel } from '../contracts/custom-model';
import { publicUrl } from './download';
import type { ModelEntry, OnnxSource } from './entry';
import { modelMismatch } from './mismatch';
import type { ModelTensors, Preprocessing, ResolvedModel } from './model';
import { downloadTarget, namedFile } from './named-file';
import { type OnnxHead, readOnnxHead, type TensorInfo } from './onnx-head';
import { DataType } from './onnx-schema';
import type { ModelOptions } from './options';

export type OnnxEntry = ModelEntry & { source: OnnxSource };

/** The registry's entry for a model of the configuration. */
export function customEntry(name: string, model: CustomModel): OnnxEntry {
  const { path, url, sha256, version, licence, preprocessing, input, output, text } = model;
  const { size, resize, fit, shortestEdge = size, channels, white } = preprocessing;
  const scaled = (values: readonly number[]) =>
    values.map((value) => (value * 255) / white) as [number, number, number];
  return {
    name,
    version,
    definition: createHash('sha256').update(JSON.stringify({ preprocessing, output })).digest('hex').slice(0, 8),
    dims: output.dims,
    preprocessing: {
      size,
      resize,
      resampler: 'pillow',
      ...(fit === 'crop' && { shortestEdge }),
      channels,
      mean: scaled(preprocessing.mean),
      std: scaled(preprocessing.std),
    },
    licence,
    origin: path ?? publicUrl(url!),
    source: { kind: 'onnx', path, url, sha256: sha256?.toLowerCase(), input, output, ...(text && { text }) },
  };
}

/**
 * The file of a configured model, downloaded if it has to be, and how its tensors are called.
 * @throws SimilarError `MODEL_UNAVAILABLE`, `MODEL_DAMAGED`, `MODEL_MISMATCH`
 */
export async function customModelFile(
  entry: OnnxEntry,
  options: ModelOptions,
): Promise<Pick<ResolvedModel, 'path' | 'sha256' | 'tensors'>> {
  const file = await customFile(entry, options);
  const { name, preprocessing, dims } = entry;
  return { ...file, tensors: tensorsOf(entry, await readOnnxHead(file.path, name), preprocessing, dims) };
}

/**
 * A configured model's file, whatever is in it.
 * @throws SimilarError `MODEL_UNAVAILABLE`, `MODEL_DAMAGED`
 */
export function customFile(
  { name, source, isUnverified }: OnnxEntry,
  options: ModelOptions,
): Promise<Pick<ResolvedModel, 'path' | 'sha256'>> {
  const own = `models.custom.${name}`;
  return namedFile(source, {
    ...options,
    ...fileName(name),
    model: name,
    what: 'the file',
    key: isUnverified ? 'models' : own,
    remedy: {
      changed: `change \`${own}.sha256\`, and raise its \`version\``,
      pinned: `raise \`${own}.version\``,
    },
  });
}

/** How it is called in the cache. */
const fileName = (name: string) => ({ stem: name, extension: 'onnx' }) as const;

/** Where a configured model's file lies once it was downloaded. */
export const customTarget = (name: string, source: OnnxSource, { cacheDir }: ModelOptions): string =>
  downloadTarget(source, { ...fileName(name), cacheDir });

/**
 * How the tensors are called, found in the file where the configuration does not say it.
 * @throws SimilarError `MODEL_MISMATCH` that names the key of the configuration that does not fit the file.
 */
export function tensorsOf(
  { name: model, source }: Pick<OnnxEntry, 'name' | 'source'>,
  head: OnnxHead,
  { size }: Pick<Preprocessing, 'size'>,
  dims: number,
): ModelTensors {
  const mismatch = (key: string, problem: string) => modelMismatch(model, key, problem);
  if (head.isSplit) throw mismatch('path', 'the file keeps its weights in another file: save them inside it');

  const pick = (of: TensorInfo[], wanted: string | undefined, key: string): TensorInfo => {
    const names = of.map(({ name }) => name);
    const found = wanted === undefined ? of[0] : of.find(({ name }) => name === wanted);
    if (!found) throw mismatch(key, `expected one of ${names.join(', ')} but received ${wanted ?? 'none'}`);
    return found;
  };
  const input = pick(head.inputs, source.input.name, 'input.name');
  const others = head.inputs.filter((one) => one !== input).map(({ name }) => name);
  if (others.length > 0) {
    throw mismatch(
      'input.name',
      `the file takes ${[input.name, ...others].join(', ')}, and only a picture is given: export the image tower alone`,
    );
  }
  const output = pick(head.outputs, source.output.name, 'output.name');
  const type = (of: TensorInfo, key: string) => {
    if (of.type === DataType.FLOAT) return 'float32';
    if (of.type === DataType.FLOAT16) return 'float16';
    throw mismatch(key, `${of.name} has numbers of type ${of.type}, not float32 or float16`);
  };

  const shape = input.dims;
  if (shape.length !== 4)
    throw mismatch('input.name', `${input.name} has ${shape.length} dimensions, not the 4 of pictures`);
  const { layout = shape[3] === 3 ? 'nhwc' : 'nchw' } = source.input;
  const [channels, sides] = layout === 'nchw' ? [shape[1], shape.slice(2)] : [shape[3], shape.slice(1, 3)];
  if (typeof channels === 'number' && channels !== 3) {
    throw mismatch(
      'input.layout',
      `${input.name} is [${shape.join(', ')}], which has ${channels} channels as ${layout}`,
    );
  }
  const fixed = sides.find((side) => typeof side === 'number' && side !== size);
  if (fixed !== undefined) throw mismatch('preprocessing.size', `expected ${fixed} but received ${size}`);

  const { take } = source.output;
  const length = take === 'map' ? output.dims[1] : output.dims.at(-1);
  const rank = RANKS[take];
  if (output.dims.length > 0 && rank !== undefined && output.dims.length !== rank) {
    throw mismatch(
      'output.take',
      `${take} takes an output of ${rank} dimensions, and ${output.name} is [${output.dims.join(', ')}]`,
    );
  }
  if (rank !== undefined && typeof length === 'number' && length !== dims) {
    throw mismatch(
      'output.dims',
      `expected ${length} but received ${dims}: ${output.name} is [${output.dims.join(', ')}]`,
    );
  }
  const [batch] = shape;
  return {
    input: { name: input.name, layout, type: type(input, 'input.name'), ...(typeof batch === 'number' && { batch }) },
    output: { name: output.name, take, dims, type: type(output, 'output.name') },
  };
}

/** Dimensions of the output. What is pooled may end in ones. */
const RANKS = { cls: 3, meanOfPatches: 3, map: 4, pooled: undefined } as const;
