import {
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  writeOnnxModel,
} from '../../plugin/models/onnx-file';
import { AttributeType, DataType } from '../../plugin/models/onnx-schema';

/** Edge of its pictures, edge of a patch, and numbers of a vector. */
export const [SIZE, PATCH, DIMS] = [32, 8, 6];
const SIDE = SIZE / PATCH;

export interface PatchModel {
  layout?: 'nchw' | 'nhwc';
  type?: 'float32' | 'float16';
  /** Pictures of a run; default: any number. */
  batch?: number;
  input?: string;
  /** What every number is multiplied with. */
  factor?: number;
  /** What is added to every number. */
  bias?: number;
  /** Whether the sizes of pictures and vectors are not said in the file. */
  isVague?: boolean;
  /** It takes words, too. */
  takesWords?: boolean;
}

/**
 * A model of four outputs that are one and the same vector: `map` [n, 6, 4, 4], `tokens` [n, 1 + 16, 6] whose first token is the mean
 * of the others, `pooled` [n, 6], and `column` [n, 6, 1, 1].
 */
export async function writePatchModel(file: string, options: PatchModel = {}): Promise<string> {
  const {
    layout = 'nchw',
    type = 'float32',
    batch,
    input = 'pixel_values',
    factor = 1,
    bias = 0,
    isVague,
    takesWords,
  } = options;
  const half = type === 'float16';
  const node: OnnxNode[] = [];
  const step = (op_type: string, output: string, inputs: string[], ...attribute: OnnxAttribute[]) => {
    node.push({ name: output, op_type, input: inputs, output: [output], attribute });
    return output;
  };
  const ints = (name: string, ...values: number[]): OnnxAttribute => ({ name, ints: values, type: AttributeType.INTS });
  const int = (name: string, i: number): OnnxAttribute => ({ name, i, type: AttributeType.INT });

  let picture = input;
  if (half) picture = step('Cast', 'floats', [picture], int('to', DataType.FLOAT));
  if (layout === 'nhwc') picture = step('Transpose', 'planes', [picture], ints('perm', 0, 3, 1, 2));
  const map = step(
    'Conv',
    'conv',
    [picture, 'weights', 'bias'],
    ints('kernel_shape', PATCH, PATCH),
    ints('strides', PATCH, PATCH),
  );
  const columns = step('Reshape', 'columns', [map, 'shape']);
  const patches = step('Transpose', 'patches', [columns], ints('perm', 0, 2, 1));
  const first = step('ReduceMean', 'first', [patches], ints('axes', 1), int('keepdims', 1));
  const results = {
    pooled: step('ReduceMean', 'mean', [patches], ints('axes', 1), int('keepdims', 0)),
    tokens: step('Concat', 'all', [first, patches], int('axis', 1)),
    map,
    column: step('GlobalAveragePool', 'average', [map]),
  };
  for (const [name, of] of Object.entries(results)) {
    step('Cast', name, [of], int('to', half ? DataType.FLOAT16 : DataType.FLOAT));
  }

  const elem_type = half ? DataType.FLOAT16 : DataType.FLOAT;
  const value = (name: string, ...shape: number[]): OnnxValue => {
    const sides = shape.map((dim_value, i) => (isVague ? { dim_param: `side${i}` } : { dim_value }));
    const dim = [batch ? { dim_value: batch } : { dim_param: 'n' }, ...sides];
    return { name, type: { tensor_type: { elem_type, shape: { dim } } } };
  };
  const sides = layout === 'nchw' ? [3, SIZE, SIZE] : [SIZE, SIZE, 3];
  const words: OnnxValue = {
    name: 'input_ids',
    type: { tensor_type: { elem_type: DataType.INT64, shape: { dim: [{ dim_param: 'n' }, { dim_value: 64 }] } } },
  };
  await writeOnnxModel(file, {
    ir_version: 8,
    producer_name: 'test',
    opset_import: [{ version: 13 }],
    graph: {
      name: 'patches',
      node,
      initializer: [
        tensor('weights', DataType.FLOAT, [DIMS, 3, PATCH, PATCH], Buffer.from(weights(factor).buffer)),
        tensor('bias', DataType.FLOAT, [DIMS], Buffer.from(new Float32Array(DIMS).fill(bias).buffer)),
        tensor('shape', DataType.INT64, [3], Buffer.from(BigInt64Array.of(0n, BigInt(DIMS), -1n).buffer)),
      ],
      input: [value(input, ...sides), ...(takesWords ? [words] : [])],
      output: [
        value('pooled', DIMS),
        value('tokens', SIDE * SIDE + 1, DIMS),
        value('map', DIMS, SIDE, SIDE),
        value('column', DIMS, 1, 1),
      ],
    },
  });
  return file;
}

function weights(factor: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length: DIMS * 3 * PATCH * PATCH }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return factor * (state / 2_147_483_647 - 0.5);
  });
}

function tensor(name: string, data_type: number, dims: number[], raw_data: Buffer): OnnxTensor {
  return { name, dims, data_type, raw_data, float_data: [], int32_data: [], int64_data: [] };
}
