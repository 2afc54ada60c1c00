/** How a decoded picture becomes the model's input: square RGB picture → float32, (value − mean) / std per channel. */
export interface Preprocessing {
  /** Edge of the square input, in pixels. */
  size: number;
  /**
   * How the picture is brought to `size` × `size`.
   * `lanczos3`: antialiased. `nearest`: the pixel floor((i + 0.5) · N / size) of the fully decoded picture.
   * `bilinear` and `bicubic`, antialiased, are Pillow's only.
   */
  resize: 'lanczos3' | 'nearest' | 'bilinear' | 'bicubic';
  /**
   * `pillow`: as Pillow resizes, bit for bit, the picture as a person sees it. Absent: `lanczos3` is libvips', which shrinks while it
   * loads, and `nearest` sees what Keras' load_img sees.
   */
  resampler?: 'pillow';
  /** The shorter side is brought to this, and the middle `size` × `size` is cut out. Absent: the aspect ratio is not kept. */
  shortestEdge?: number;
  channels: 'rgb' | 'bgr';
  /** Per channel in the order of `channels`, on the 0…255 scale. */
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** How the tensors of a model are called that was not made for this package. */
export interface ModelTensors {
  input: {
    name: string;
    /** [n, 3, size, size] or [n, size, size, 3] */
    layout: 'nchw' | 'nhwc';
    type: 'float32' | 'float16';
    /** Pictures of a run, where their number is fixed. */
    batch?: number;
  };
  output: {
    name: string;
    type: 'float32' | 'float16';
    dims: number;
    /**
     * What of it is the embedding. `pooled`: all of it. `cls`: the first token of [n, tokens, dims]. `meanOfPatches`: the mean of those
     * that stand for parts of the picture. `map`: the mean of [n, dims, height, width].
     */
    take: 'pooled' | 'cls' | 'meanOfPatches' | 'map';
  };
}

/**
 * A model: one ONNX file. Without `tensors` its input is `image` [n, 3, size, size], and its outputs are `embedding` [n, dims] and
 * `features` [n, dims, 7, 7].
 */
export interface ModelDescriptor {
  /** Registry name, e.g. `efficientnet-lite0`. */
  name: string;
  /** Start of the weights' checksum when they are not the published ones. Part of the space. */
  variant?: string;
  /** Start of the checksum of what an entry says of an ONNX file's preprocessing and output. Part of the space. */
  definition?: string;
  /** Computed with integers; absent: fp32. Part of the space. */
  precision?: 'int8';
  /** Grows when the same name would give other vectors. Part of the space. */
  version: number;
  dims: number;
  preprocessing: Preprocessing;
  licence: string;
  /** Where the weights come from. */
  origin: string;
  /** Nobody has compared its vectors with those of its authors' code yet. */
  isUnverified?: boolean;
}

/** A model whose file is on this machine and was verified. */
export interface ResolvedModel extends ModelDescriptor {
  /** Absolute path of the ONNX file. */
  path: string;
  /** SHA-256 of that file, lower-case hex. */
  sha256: string;
  tensors?: ModelTensors;
}
