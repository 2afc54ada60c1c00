import type { CustomModel } from '../contracts/custom-model';
import type { ModelDescriptor } from './model';

/** Where a model's ONNX file comes from. */
export type ModelSource = BundledSource | KerasSource | OnnxSource;

/** A file of this package, in plugin/models/bundled. */
export interface BundledSource {
  kind: 'bundled';
  file: string;
  sha256: string;
}

/** Weights that Keras publishes, to be downloaded and converted. */
export interface KerasSource {
  kind: 'keras';
  url: string;
  bytes: number;
  /** Of the weights file. */
  sha256: string;
  converter: 'resnet50';
}

/** A file of the user's own. */
export interface OnnxSource extends Pick<CustomModel, 'path' | 'url' | 'sha256' | 'input' | 'output' | 'text'> {
  kind: 'onnx';
}

export interface ModelEntry extends ModelDescriptor {
  source: ModelSource;
}
