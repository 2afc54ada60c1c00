import { graphBuilder } from './graph-builder';
import { invalid, type KerasWeights, openKerasWeights } from './keras-weights';

/** What Keras' ResNet50 uses, for its older weights too. */
const BN_EPSILON = 1.001e-5;

/** Per stage: blocks, filters of the inner convolutions, stride of the first block. */
const STAGES = [
  { blocks: 3, filters: 64, stride: 1 },
  { blocks: 4, filters: 128, stride: 2 },
  { blocks: 6, filters: 256, stride: 2 },
  { blocks: 3, filters: 512, stride: 2 },
] as const;

/** Names of a convolution's layer and of its batch norm's. Part 0 is the shortcut, 1 to 3 the branch. */
interface Layout {
  stem: [conv: string, norm: string];
  layer(stage: number, block: number, part: number): [conv: string, norm: string];
}

const CURRENT: Layout = {
  stem: ['conv1_conv', 'conv1_bn'],
  layer(stage, block, part) {
    const name = `conv${stage + 2}_block${block + 1}_${part}`;
    return [`${name}_conv`, `${name}_bn`];
  },
};

/** Keras before 2.2.5; its file has the same name. */
const OLDER: Layout = {
  stem: ['conv1', 'bn_conv1'],
  layer(stage, block, part) {
    const name = `${stage + 2}${'abcdef'[block]}_branch${['1', '2a', '2b', '2c'][part]}`;
    return [`res${name}`, `bn${name}`];
  },
};

/**
 * Writes Keras' ResNet50 (no top) as ONNX with the batch norm folded in: `embedding` [n, 2048], `features` [n, 2048, 7, 7].
 * One tensor at a time is in memory, and nothing is left under `target` when it fails.
 * @throws SimilarError `WEIGHTS_INVALID` when the file holds something else.
 */
export async function convertResNet50(source: string, target: string): Promise<void> {
  const weights = await openKerasWeights(source);
  try {
    const layout = [CURRENT, OLDER].find((candidate) => weights.has(candidate.stem[0]));
    if (!layout) throw invalid(`it has neither layer ${CURRENT.stem[0]} nor layer ${OLDER.stem[0]} of Keras’ ResNet50`);
    await buildGraph(weights, layout).write(target, { size: 224, dims: 2048, map: 7 });
  } finally {
    weights.close();
  }
}

function buildGraph(weights: KerasWeights, layout: Layout) {
  const graph = graphBuilder('resnet50');
  const conv = (output: string, input: string, layers: [string, string], shape: ConvShape) =>
    graph.conv(output, input, {
      dims: [shape.out, shape.in, shape.kernel, shape.kernel],
      stride: shape.stride,
      pad: (shape.kernel - 1) / 2,
      ...folded(weights, layers, shape),
    });

  let x = graph.relu('stem_relu', conv('stem', 'image', layout.stem, { in: 3, out: 64, kernel: 7, stride: 2 }));
  // Keras pads this pool with zeros. After a ReLU that is the same as padding with nothing.
  x = graph.maxPool('stem_pool', x, 3, 2, 1);

  let channels = 64;
  for (const [stage, { blocks, filters, stride: firstStride }] of STAGES.entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage + 1}_block${block + 1}`;
      const layer = (part: number) => layout.layer(stage, block, part);
      const stride = block === 0 ? firstStride : 1;
      const wide = filters * 4;
      const shortcut =
        block === 0 ? conv(`${name}_shortcut`, x, layer(0), { in: channels, out: wide, kernel: 1, stride }) : x;
      let y = conv(`${name}_a`, x, layer(1), { in: channels, out: filters, kernel: 1, stride });
      y = graph.relu(`${name}_a_relu`, y);
      y = conv(`${name}_b`, y, layer(2), { in: filters, out: filters, kernel: 3, stride: 1 });
      y = graph.relu(`${name}_b_relu`, y);
      y = conv(`${name}_c`, y, layer(3), { in: filters, out: wide, kernel: 1, stride: 1 });
      const last = stage === STAGES.length - 1 && block === blocks - 1;
      x = graph.relu(last ? 'features' : `${name}_relu`, graph.add(`${name}_add`, y, shortcut));
      channels = wide;
    }
  }
  return graph;
}

interface ConvShape {
  in: number;
  out: number;
  kernel: number;
  stride: number;
}

/** conv → batch norm as one conv: weights · s and (bias − mean) · s + beta, with s = gamma / √(variance + ε). */
function folded(weights: KerasWeights, [conv, norm]: [string, string], shape: ConvShape) {
  const { out, in: inputs, kernel } = shape;
  const [gamma, beta, mean, variance] = [0, 1, 2, 3].map((index) => () => weights.tensor(norm, index, [out]));
  const scale = () => {
    const variances = variance();
    return Float64Array.from(gamma(), (g, i) => g / Math.sqrt(variances[i] + BN_EPSILON));
  };
  return {
    weights(): Float32Array {
      const values = weights.tensor(conv, 0, [kernel, kernel, inputs, out]);
      const s = scale();
      const area = kernel * kernel;
      const folded = new Float32Array(values.length);
      // Keras: [position, in, out]; ONNX: [out, in, position].
      for (let position = 0, from = 0; position < area; position++) {
        for (let i = 0; i < inputs; i++) {
          for (let o = 0; o < out; o++) folded[(o * inputs + i) * area + position] = values[from++] * s[o];
        }
      }
      return folded;
    },
    biases(): Float32Array {
      const s = scale();
      const means = mean();
      const betas = beta();
      return weights.tensor(conv, 1, [out]).map((bias, i) => (bias - means[i]) * s[i] + betas[i]);
    },
  };
}
