import type { ModelTensors, Preprocessing } from '../models/model';

/** Port of the inference engines. A driver is one factory function in one file; the runtime is imported lazily inside it. */

export interface EngineOptions {
  /** Absolute path of the ONNX file. */
  modelPath: string;
  /** Threads of one run, on a CPU. */
  threads: number;
  /** Where it may run; default: on the CPU. The session says where it does. */
  devices?: 'gpu' | 'cpu';
  /** When given, an engine that can preprocess pictures itself, faster than its caller, does so: its session takes `pixels`. */
  preprocessing?: Preprocessing;
  /** Of a model that was not made for this package. */
  tensors?: ModelTensors;
}

export interface EngineOutput {
  /** n × dims, row-major. */
  embedding: Float32Array;
  /** n × dims × cells, row-major: the map whose mean is the embedding. Only if it was requested. */
  features?: Float32Array;
}

export interface EngineSession {
  /** Name of the driver, e.g. `onnxruntime`. */
  readonly engine: string;
  /** The device that is really used, as the runtime reports it, e.g. `cpu`. */
  readonly device: string;
  /** What a batch of n pictures is: preprocessed `floats`, n × 3 × size × size, or RGB `pixels`, n × size × size × 3 bytes. */
  readonly input: 'floats' | 'pixels';
  /** Runs a batch of n pictures. */
  run(batch: Float32Array | Uint8Array, n: number, options?: { features?: boolean }): Promise<EngineOutput>;
  /** Frees native memory. No call may follow. */
  dispose(): Promise<void>;
  /** Numbers that must not grow from run to run, where the runtime counts them. */
  memory?(): Record<string, number>;
}

/** @throws SimilarError `ENGINE_UNAVAILABLE`, with causes and remedies, when the runtime cannot be loaded here. */
export type EngineFactory = (options: EngineOptions) => Promise<EngineSession>;
