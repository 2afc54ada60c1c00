import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CustomModel, customModel, customModelName } from '../contracts/custom-model';
import { SimilarError } from '../errors';
import { customEntry, customFile, tensorsOf } from './custom-model';
import { download } from './download';
import type { ModelTensors } from './model';
import { type OnnxHead, readOnnxHead, type TensorInfo } from './onnx-head';
import type { ModelOptions } from './options';
import { type ProposedPreprocessing, preprocessingFrom } from './preprocessor-config';

export interface Proposal {
  name: string;
  /** What `models.custom` takes under this name. */
  entry: CustomModel;
  /** What nobody has said: a sentence each. */
  guesses: string[];
}

export interface ProposeOptions extends ModelOptions {
  /** Default: from the names of the file and its folder. */
  name?: string;
  /** Numbers of a vector, where the file does not say it. */
  dims?: number;
  /** Runs the model once, for what its head does not say. */
  shapeOf?(
    file: string,
    tensors: { input: ModelTensors['input']; output: string },
    size: number,
  ): Promise<readonly number[] | undefined>;
}

/** Outputs that are the vector of a picture in the models that have them, best first. */
const VECTORS = ['image_embeds', 'pooler_output', 'embedding', 'embeddings', 'last_hidden_state'];
const IMAGENET_SIZE = 224;
const PREPROCESSOR = 'preprocessor_config.json';

/**
 * What to write into the configuration to use an ONNX file: read from its head, and from the `preprocessor_config.json` beside it or
 * in the folder above.
 * @param from a path or an http(s) address.
 * @throws SimilarError `MODEL_MISMATCH` when it is no model of pictures, `MODEL_UNAVAILABLE`
 */
export async function proposeModel(from: string, options: ProposeOptions = {}): Promise<Proposal> {
  const isUrl = /^https?:\/\//.test(from);
  const name = options.name ?? nameOf(isUrl ? new URL(from).pathname : path.resolve(from));
  if (!customModelName.safeParse(name).success) {
    throw new SimilarError(
      'MODEL_MISMATCH',
      `Expected a name of small letters, digits, dashes and underscores but received "${name}"; give one with --name.`,
      { name },
    );
  }
  const where = isUrl ? { url: from } : { path: path.resolve(from) };
  const minimal = customModel.parse({ ...where, preprocessing: { size: IMAGENET_SIZE }, output: { dims: 2 } });
  const { source, ...asked } = customEntry(name, minimal);
  const { path: file, sha256 } = await customFile({ ...asked, source }, options);
  const head = await readOnnxHead(file, name);
  const guesses: string[] = [];

  const said = await (isUrl ? downloadedConfig(from, file, options) : configBeside(file));
  const input = head.inputs[0];
  const preprocessing = { ...said, size: sizeOf(input) ?? said?.size ?? IMAGENET_SIZE };
  if (!said) {
    guesses.push(
      `There is no ${PREPROCESSOR} beside the file: \`resize\`, \`fit\`, \`mean\` and \`std\` are those of most ImageNet models. Compare them with the model’s own description.`,
    );
  }
  const output = bestOutput(head, name, guesses);
  if (options.dims === undefined && !isKnown(output.dims)) {
    const { input: taken } = tensorsOf({ name, source }, head, preprocessing, minimal.output.dims);
    const shape = await options.shapeOf?.(file, { input: taken, output: output.name }, preprocessing.size);
    if (shape) output.dims = [...shape];
  }
  const entry = customModel.parse({
    ...where,
    sha256,
    preprocessing,
    output: vectorOf(output, name, options.dims, guesses),
  });
  return { name, entry, guesses };
}

/** `dino-vits16/onnx/model.onnx` is dino-vits16. */
function nameOf(file: string): string {
  const parts = file.split(/[\\/]/).filter(Boolean);
  const own = path.parse(parts.at(-1) ?? '').name;
  const folders = parts.slice(0, -1).filter((part) => !/^(onnx|resolve|main|blob)$/.test(part));
  const telling = /^(model|vision_model)(_\w+)?$/.test(own) ? (folders.at(-1) ?? own) : own;
  return telling
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 48);
}

function sizeOf(input: TensorInfo | undefined): number | undefined {
  const [, second, third] = input?.dims ?? [];
  const side = second === 3 ? third : second;
  return typeof side === 'number' ? side : undefined;
}

function bestOutput({ outputs }: OnnxHead, model: string, guesses: string[]): TensorInfo {
  const known = VECTORS.map((name) => outputs.find((output) => output.name === name)).find(Boolean);
  const output = known ?? outputs[0];
  if (!output) throw new SimilarError('MODEL_MISMATCH', `The file of model ${model} has no output.`, { model });
  if (!known && outputs.length > 1) {
    guesses.push(`Of the outputs ${outputs.map(({ name }) => name).join(', ')} the first one is taken.`);
  }
  return output;
}

function vectorOf({ name, dims: shape }: TensorInfo, model: string, dims: number | undefined, guesses: string[]) {
  const take = takeOf(shape);
  if (take === 'cls') {
    guesses.push(
      `${name} is one vector for each token: the first one is taken, as most models mean it. \`meanOfPatches\` is the other choice; it can be explained, too.`,
    );
  }
  const length = take === 'cls' ? shape.at(-1) : shape[1];
  const found = typeof length === 'number' ? length : dims;
  if (found === undefined) {
    const known = shape.length > 0 ? `[${shape.join(', ')}]` : 'unknown';
    throw new SimilarError(
      'MODEL_MISMATCH',
      `The file of model ${model} does not say how long its vectors are (${name} is ${known}), and it could not be run: give --dims.`,
      { model },
    );
  }
  return { name, take, dims: found };
}

/** Whether a shape says how many numbers a vector has. The number of pictures does not matter. */
const isKnown = (dims: TensorInfo['dims']) => dims.length > 1 && dims.slice(1).every((one) => typeof one === 'number');

function takeOf(dims: TensorInfo['dims']): CustomModel['output']['take'] {
  if (dims.length === 3) return 'cls';
  return dims.length === 4 && !(dims[2] === 1 && dims[3] === 1) ? 'map' : 'pooled';
}

async function configBeside(file: string): Promise<ProposedPreprocessing | undefined> {
  const folder = path.dirname(file);
  for (const place of [folder, path.dirname(folder)]) {
    const text = await readFile(path.join(place, PREPROCESSOR), 'utf8').catch(() => undefined);
    if (text !== undefined) return preprocessingFrom(parsed(text));
  }
  return undefined;
}

async function downloadedConfig(
  url: string,
  file: string,
  options: ModelOptions,
): Promise<ProposedPreprocessing | undefined> {
  const target = `${file}.${PREPROCESSOR}`;
  for (const place of [PREPROCESSOR, `../${PREPROCESSOR}`]) {
    const address = new URL(url);
    address.pathname = new URL(place, url).pathname;
    const there = await download({
      ...options,
      retries: 0,
      maxBytes: 100_000,
      model: PREPROCESSOR,
      url: address.href,
      target,
    }).then(
      () => true,
      () => false,
    );
    options.signal?.throwIfAborted();
    if (!there) continue;
    const text = await readFile(target, 'utf8');
    await rm(target);
    return preprocessingFrom(parsed(text));
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SimilarError('MODEL_MISMATCH', `${PREPROCESSOR} is no JSON.`, {}, { cause });
  }
}
