import type { ResolvedModel } from '../models/model';
import type { Ranges } from './ranges';
import type { Measured } from './verdict';

/** What runs int8 models: other runtimes do not know their operators, and on a GPU they gain nothing. */
export const INT8_ENGINE = 'onnxruntime:cpu';

export interface QuantiserOptions {
  model: Pick<ResolvedModel, 'path' | 'dims' | 'preprocessing'>;
  /** Name of the engine that runs the fp32 model. */
  engine: string;
  /** How many of the added pictures tell the ranges; the int8 model is tried on the others. */
  calibration: number;
  signal?: AbortSignal;
}

export interface Trial {
  ranges: Ranges;
  measured: Measured;
  /** See `Quantiser.probe`. */
  probe: Float32Array;
}

/** One call at a time. */
export interface Quantiser {
  /** @returns whether the picture could be decoded; if so, it is kept for `measure`. */
  add(path: string): Promise<boolean>;
  /** Makes an int8 model by way of trial, and compares it with the fp32 one on the pictures that it was not made from. */
  measure(): Promise<Trial>;
  /** Writes the int8 model atomically. The same model and ranges give the same bytes. */
  write(ranges: Ranges, target: string): Promise<void>;
  /** What the int8 model in this file makes of a picture that is always the same. */
  probe(file: string): Promise<Float32Array>;
  close(): void;
}
