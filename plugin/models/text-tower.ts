import type { TextTowerSource } from '../contracts/custom-model';
import type { ModelEntry } from './entry';
import { modelMismatch } from './mismatch';
import { downloadTarget, type NamedFileOptions, namedFile } from './named-file';
import { type OnnxHead, readOnnxHead, type TensorInfo } from './onnx-head';
import { DataType } from './onnx-schema';
import type { ModelOptions } from './options';

/** A model's text tower whose files are on this machine and were verified. */
export interface TextTower {
  /** Absolute path of the ONNX file. */
  path: string;
  sha256: string;
  /** Absolute path of its `tokenizer.json`. */
  tokenizer: string;
  dims: number;
  tokens: number;
  padding?: number;
  lowercase: boolean;
  prompt: string;
  tensors: TextTensors;
}

/** How its tensors are called. */
export interface TextTensors {
  ids: string;
  /** int64 or, in some files, int32: of all inputs. */
  integers: 'int64' | 'int32';
  /** Which tokens are not padding. */
  mask?: string;
  /** Which text of a pair a token is of: there are no pairs. */
  types?: string;
  output: { name: string; type: 'float32' | 'float16' };
}

/** Models that have one can be searched by words. */
export const textOf = ({ source }: ModelEntry): TextTowerSource | undefined =>
  source.kind === 'onnx' ? source.text : undefined;

/**
 * The files of a model's text tower, downloaded if they have to be, and how its tensors are called.
 * @param text `textOf` it.
 * @throws SimilarError `MODEL_UNAVAILABLE`, `MODEL_DAMAGED`, `MODEL_MISMATCH`
 */
export async function resolveTextTower(
  { name, dims }: Pick<ModelEntry, 'name' | 'dims'>,
  text: TextTowerSource,
  options: ModelOptions,
): Promise<TextTower> {
  const { tokens, padding, lowercase, prompt } = text;
  const [tower, tokenizer] = textFiles(name);
  // One after the other: two downloads at once only take each other's bandwidth.
  const file = await namedFile(text, { ...options, pinned: undefined, ...tower });
  const { path } = await namedFile(text.tokenizer, { ...options, pinned: undefined, ...tokenizer });
  const tensors = textTensors(await readOnnxHead(file.path, name), { name, dims, output: text.output.name });
  return { ...file, tokenizer: path, dims, tokens, padding, lowercase, prompt, tensors };
}

/** How its two files are called in messages, in the configuration and in the cache. */
export function textFiles(model: string) {
  const key = `models.custom.${model}.text`;
  return [
    { model, what: 'the text tower', key, stem: `${model}-text`, extension: 'onnx' },
    { model, what: 'the tokenizer', key: `${key}.tokenizer`, stem: `${model}-tokenizer`, extension: 'json' },
  ] as const satisfies Array<Pick<NamedFileOptions, 'model' | 'what' | 'key' | 'stem' | 'extension'>>;
}

/** Where its files lie, or will lie once they were downloaded, and their checksums as far as they are known. */
export function textTargets(
  model: string,
  text: TextTowerSource,
  { cacheDir }: Pick<ModelOptions, 'cacheDir'>,
): Array<{ path: string; sha256?: string }> {
  const [tower, tokenizer] = textFiles(model);
  return [
    { path: text.path ?? downloadTarget(text, { ...tower, cacheDir }), sha256: text.sha256?.toLowerCase() },
    {
      path: text.tokenizer.path ?? downloadTarget(text.tokenizer, { ...tokenizer, cacheDir }),
      sha256: text.tokenizer.sha256?.toLowerCase(),
    },
  ];
}

/** @throws SimilarError `MODEL_MISMATCH` that names the key of the configuration that does not fit the file. */
function textTensors(head: OnnxHead, model: { name: string; dims: number; output?: string }): TextTensors {
  const { dims, output: wanted } = model;
  const mismatch = (key: string, problem: string) => modelMismatch(model.name, `text.${key}`, problem);
  if (head.isSplit) throw mismatch('path', 'the file keeps its weights in another file: save them inside it');
  const named = (pattern: RegExp) => head.inputs.find(({ name }) => pattern.test(name));
  const mask = named(/mask/i);
  const types = named(/type/i);
  const ids = head.inputs.find((one) => one !== mask && one !== types);
  const known = [ids, mask, types].filter((one) => one !== undefined);
  const unknown = head.inputs.filter((one) => !known.includes(one)).map(({ name }) => name);
  if (!ids || unknown.length > 0) {
    const given = head.inputs.map(({ name }) => name).join(', ') || 'nothing';
    throw mismatch('path', `the file takes ${given}, and only tokens are given: export the text tower alone`);
  }
  const isInteger = ids.type === DataType.INT64 || ids.type === DataType.INT32;
  const wrong = known.find(({ type }) => type !== ids.type || !isInteger);
  if (wrong) throw mismatch('path', `${wrong.name} has numbers of type ${wrong.type}, not int64 or int32`);
  const output = wanted
    ? head.outputs.find(({ name }) => name === wanted)
    : (head.outputs.find((one) => isVector(one, dims)) ?? head.outputs[0]);
  if (!output) {
    const names = head.outputs.map(({ name }) => name).join(', ');
    throw mismatch('output.name', `expected one of ${names} but received ${wanted ?? 'none'}`);
  }
  const length = output.dims.at(-1);
  if (output.dims.length > 0 && (output.dims.length !== 2 || (typeof length === 'number' && length !== dims))) {
    throw mismatch('output.name', `expected [n, ${dims}] but ${output.name} is [${output.dims.join(', ')}]`);
  }
  if (output.type !== DataType.FLOAT && output.type !== DataType.FLOAT16) {
    throw mismatch('output.name', `${output.name} has numbers of type ${output.type}, not float32 or float16`);
  }
  return {
    ids: ids.name,
    integers: ids.type === DataType.INT64 ? 'int64' : 'int32',
    ...(mask && { mask: mask.name }),
    ...(types && { types: types.name }),
    output: { name: output.name, type: output.type === DataType.FLOAT ? 'float32' : 'float16' },
  };
}

const isVector = ({ dims: shape }: TensorInfo, dims: number) => shape.length === 2 && shape[1] === dims;
