import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { convertWeights } from '../../../plugin/models/convert';
import { floatsOf, readOnnx } from '../../../plugin/models/onnx-file';
import { modelEntry } from '../../../plugin/models/registry';
import { compilePlugin } from '../../helpers/compiled';
import { GOLDEN_MISSING, golden, relativeError, runOnnx, toInput } from '../../helpers/golden';
import { writeOlderLayout } from '../../helpers/keras-file';
import { sharedDir } from '../../helpers/shared';

const entries = golden();
const skip = !entries && GOLDEN_MISSING;

describe('conversion of ResNet50', { skip }, () => {
  const weights = path.join(sharedDir() ?? '', 'models/resnet50_synthetic_notop.h5');
  let folder: string;
  let converted: string;
  let dist: string;
  before(async () => {
    dist = compilePlugin();
    folder = await mkdtemp(path.join(tmpdir(), 'similar-convert-'));
    converted = path.join(folder, 'current.onnx');
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await rm(dist, { recursive: true });
  });

  it('peaks below 600 MB', async () => {
    // The process as it is installed.
    const script = path.join(dist, 'plugin/models/convert.js');
    const job = { converter: 'resnet50', source: weights, target: converted };
    const code = `require(${JSON.stringify(script)}).convertWeights(${JSON.stringify(job)}).then((a) => console.log(a.peakBytes))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', code]);
    const peakBytes = Number(stdout);
    assert.ok(peakBytes > 50e6 && peakBytes < 600e6, `${Math.round(peakBytes / 1e6)} MB`);
  });

  it('equals Keras', async () => {
    const { preprocessing, dims } = modelEntry('resnet50');
    // Two batches: the runtime needs most of its memory for activations.
    for (const batch of [entries!.slice(0, 6), entries!.slice(6)]) {
      const inputs = await Promise.all(batch.map((entry) => toInput(entry.png, preprocessing)));
      const { embedding, features } = await runOnnx(converted, inputs);
      assert.equal(features.length, batch.length * dims * 49);
      for (const [i, entry] of batch.entries()) {
        const error = relativeError(embedding.subarray(i * dims, (i + 1) * dims), entry.resnet50_synthetic);
        assert.ok(error <= 1e-4, `${path.basename(entry.png)}: ${error}`);
      }
    }
  });

  it('gives the same net from a file of the older layout', async () => {
    const older = path.join(folder, 'older.h5');
    const target = path.join(folder, 'older.onnx');
    await writeOlderLayout(weights, older);
    await convertWeights({ converter: 'resnet50', source: older, target });
    const [a, b] = await Promise.all([readOnnx(converted), readOnnx(target)]);
    assert.deepEqual(b.graph.node, a.graph.node);
    assert.equal(b.graph.initializer.length, 2 * 53);
    for (const [i, tensor] of b.graph.initializer.entries()) {
      assert.ok(tensor.raw_data.equals(a.graph.initializer[i].raw_data), tensor.name);
    }
    assert.ok(floatsOf(b.graph.initializer[0]).some((value) => value !== 0));
  });

  for (const [what, make] of [
    ['truncated', (file: string) => copyFile(weights, file).then(() => truncate(file, 5_000_000))],
    ['something else', (file: string) => writeFile(file, '<html>Please log in</html>')],
  ] as const) {
    it(`refuses a file that is ${what}, and leaves nothing behind`, async () => {
      const source = path.join(folder, 'bad.h5');
      await make(source);
      const target = path.join(folder, 'bad/out.onnx');
      const job = { converter: 'resnet50', source, target } as const;
      await assert.rejects(convertWeights(job), {
        code: 'WEIGHTS_INVALID',
        message: /no HDF5 file, or not a whole one/,
      });
      assert.deepEqual(await readdir(path.dirname(target)).catch(() => []), []);
    });
  }
});
