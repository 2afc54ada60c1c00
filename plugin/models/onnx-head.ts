import { type FileHandle, open } from 'node:fs/promises';
import { SimilarError } from '../errors';
import type { OnnxValue } from './onnx-file';
import { ValueInfoProto } from './onnx-schema';

/** An input or output of a graph. */
export interface TensorInfo {
  name: string;
  /** TensorProto.DataType */
  type: number;
  /** A name, or `?`, where the length is not fixed. */
  dims: Array<number | string>;
}

/** What a model takes and gives. */
export interface OnnxHead {
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  /** Some of its weights are in another file. */
  isSplit: boolean;
}

/** Field numbers of onnx.proto3. */
const GRAPH = 7;
const [INITIALIZER, INPUT, OUTPUT] = [5, 11, 12];
const [TENSOR_NAME, DATA_LOCATION] = [8, 14];
const EXTERNAL = 1;

/** Bytes that are read at once. */
const WINDOW = 16 * 1024;

/**
 * Reads what a model takes and gives, and skips its weights: some milliseconds, and hardly any memory, whatever its size.
 * @throws SimilarError `MODEL_MISMATCH` when the file is no ONNX file, or not all of one.
 */
export async function readOnnxHead(path: string, model: string): Promise<OnnxHead> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await readHead(createSkimmer(file, size), size);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall) throw cause;
    const message = `The file of model ${model} is no ONNX file, or not all of one (${(cause as Error).message}): ${path}`;
    throw new SimilarError('MODEL_MISMATCH', message, { model, path }, { cause });
  } finally {
    await file.close();
  }
}

async function readHead(skimmer: Skimmer, size: number): Promise<OnnxHead> {
  const values: { [field: number]: TensorInfo[] } = { [INPUT]: [], [OUTPUT]: [] };
  const weights = new Set<string>();
  let isSplit = false;
  let graphs = 0;

  async function readGraph(end: number): Promise<void> {
    for await (const { field, start, length } of skimmer.fields(end)) {
      if (field === INPUT || field === OUTPUT) values[field].push(infoOf(await skimmer.bytes(start, length)));
      if (field === INITIALIZER) await readInitializer(start + length);
    }
  }

  async function readInitializer(end: number): Promise<void> {
    for await (const { field, start, length, value } of skimmer.fields(end)) {
      if (field === TENSOR_NAME) weights.add((await skimmer.bytes(start, length)).toString());
      if (field === DATA_LOCATION && value === EXTERNAL) isSplit = true;
    }
  }

  for await (const { field, start, length } of skimmer.fields(size)) {
    if (field !== GRAPH) continue;
    graphs++;
    await readGraph(start + length);
  }
  if (graphs === 0) throw new Error('it has no graph');
  // Up to IR version 3, weights are inputs, too.
  return { inputs: values[INPUT].filter(({ name }) => !weights.has(name)), outputs: values[OUTPUT], isSplit };
}

function infoOf(bytes: Buffer): TensorInfo {
  const { name, type } = ValueInfoProto.toObject(ValueInfoProto.decode(bytes), { longs: Number }) as OnnxValue;
  const dims = type?.tensor_type?.shape?.dim ?? [];
  return {
    name,
    type: type?.tensor_type?.elem_type ?? 0,
    dims: dims.map(({ dim_value, dim_param }) => dim_value || dim_param || '?'),
  };
}

interface Field {
  field: number;
  /** Where its bytes begin, and how many there are. */
  start: number;
  length: number;
  /** Of a number. */
  value?: number;
}

interface Skimmer {
  /** The fields of the message that goes from where the last field was read on, to `end`. */
  fields(end: number): AsyncGenerator<Field>;
  bytes(start: number, length: number): Promise<Buffer>;
}

/** Reads protobuf's wire format from a file, jumping over what nobody asks for. */
function createSkimmer(file: FileHandle, size: number): Skimmer {
  const window = Buffer.alloc(WINDOW);
  let [windowStart, windowEnd] = [0, 0];
  let at = 0;

  async function byte(): Promise<number> {
    if (at < windowStart || at >= windowEnd) {
      const { bytesRead } = await file.read(window, 0, WINDOW, at);
      if (bytesRead === 0) throw new Error('it ends too early');
      [windowStart, windowEnd] = [at, at + bytesRead];
    }
    return window[at++ - windowStart];
  }

  async function varint(): Promise<number> {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const next = await byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
    throw new Error('it has a number of more than 64 bits');
  }

  return {
    async *fields(end) {
      while (at < end) {
        const tag = await varint();
        const field = Math.floor(tag / 8);
        const wire = tag % 8;
        let value: number | undefined;
        let length = 0;
        if (wire === 0) value = await varint();
        else if (wire === 1) length = 8;
        else if (wire === 2) length = await varint();
        else if (wire === 5) length = 4;
        else throw new Error(`it has a field of type ${wire}`);
        const start = at;
        if (start + length > Math.min(end, size)) throw new Error('a part of it is longer than the whole');
        yield { field, start, length, value };
        at = start + length;
      }
    },

    async bytes(start, length) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      if (bytesRead < length) throw new Error('it ends too early');
      return buffer;
    },
  };
}
