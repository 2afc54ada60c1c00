/** Child process that quantises one model: it decodes pictures, runs the model on them and writes another. */
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decodePicture } from '../../embedder/process/decode';
import { chooseEngine } from '../../engines/choose';
import { createWriteInput } from '../../engines/input';
import { loadNativeRuntime, type NativeRuntime } from '../../engines/native-runtime';
import { onnxBytes, readOnnx, writeOnnxModel } from '../../models/onnx-file';
import { normalise } from '../../vectors/cosine';
import { notQuantisable } from '../plan';
import type { QuantiseAnswer, QuantiseJob, QuantiseRequest } from '../process-client';
import { quantisedModel } from '../qdq';
import { INT8_ENGINE } from '../quantiser';
import { calibrationModel, type Ranges, widen } from '../ranges';
import { compare } from '../verdict';

const BATCH = 8;

/** @throws SimilarError `NOT_QUANTISABLE` where there is none: WebAssembly gains nothing by integers. */
function nativeRuntime(): NativeRuntime {
  try {
    return loadNativeRuntime();
  } catch (error) {
    throw notQuantisable(`int8 needs the native onnxruntime (${(error as Error).message})`);
  }
}

function serve({ model, engine, threads, limits, calibration }: QuantiseJob): void {
  const { preprocessing } = model;
  const { size } = preprocessing;
  const values = 3 * size * size;
  const pictures: Uint8Array[] = [];
  let ranges: Ranges | undefined;

  async function add(file: string): Promise<boolean> {
    const admit = async () => () => {};
    const decoded = await decodePicture(file, { ...limits, ...preprocessing, admit });
    if (decoded.ok) pictures.push(decoded.pixels);
    ranges = undefined;
    return decoded.ok;
  }

  /** Ready inputs, the same memory each time. */
  function* batches(of: readonly Uint8Array[], most: number): Generator<{ batch: Uint8Array; n: number }> {
    const batch = new Uint8Array(most * values);
    for (let start = 0; start < of.length; start += most) {
      const inputs = of.slice(start, start + most);
      for (const [i, pixels] of inputs.entries()) batch.set(pixels, i * values);
      yield { batch: batch.subarray(0, inputs.length * values), n: inputs.length };
    }
  }

  async function calibrate(): Promise<Ranges> {
    const ort = nativeRuntime();
    const extended = calibrationModel(await readOnnx(model.path));
    const session = await ort.InferenceSession.create(onnxBytes(extended), { intraOpNumThreads: threads });
    const ranges: Ranges = {};
    const writeInput = createWriteInput(preprocessing);
    const input = new Float32Array(values);
    for (const picture of pictures.slice(0, calibration)) {
      writeInput(picture, input, 0);
      const image = new ort.Tensor('float32', input, [1, 3, size, size]);
      // All outputs: `openSession` says why.
      widen(ranges, await session.run({ image }));
    }
    await session.release();
    return ranges;
  }

  async function measure(): Promise<Extract<QuantiseAnswer, { type: 'measured' }>> {
    ranges ??= await calibrate();
    const target = path.join(os.tmpdir(), `similar-int8-${process.pid}.onnx`);
    try {
      await writeOnnxModel(target, quantisedModel(await readOnnx(model.path), ranges));
      const engines = await Promise.all(
        [
          [engine, model.path],
          [INT8_ENGINE, target],
        ].map(async ([name, modelPath]) => {
          const { session } = await chooseEngine(name, { modelPath, threads, batchSize: BATCH, preprocessing });
          await session.run(new Uint8Array(BATCH * values), BATCH);
          return { session, seconds: 0, vectors: [] as Float32Array[] };
        }),
      );
      for (const { batch, n } of batches(pictures.slice(calibration), BATCH)) {
        // In turn, so that what else the machine does slows both alike.
        for (const engine of engines) {
          const start = performance.now();
          const { embedding } = await engine.session.run(batch, n);
          engine.seconds += performance.now() - start;
          for (let i = 0; i < n; i++) {
            const vector = normalise(embedding.subarray(i * model.dims, (i + 1) * model.dims));
            engine.vectors.push(vector ?? new Float32Array(model.dims));
          }
        }
      }
      await Promise.all(engines.map(({ session }) => session.dispose()));
      const [fp32, int8] = engines;
      const measured = {
        pictures: fp32.vectors.length,
        speed: fp32.seconds / int8.seconds,
        ...compare(fp32.vectors, int8.vectors),
      };
      return { type: 'measured', ranges, measured, probe: await probe(target) };
    } finally {
      await rm(target, { force: true });
    }
  }

  async function probe(modelPath: string): Promise<Float32Array> {
    nativeRuntime();
    const { session } = await chooseEngine(INT8_ENGINE, { modelPath, threads: 1, batchSize: 1, preprocessing });
    // Grain of every brightness drives the sums of the convolutions far apart.
    const grain = Uint8Array.from({ length: values }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
    const { embedding } = await session.run(grain, 1);
    await session.dispose();
    return normalise(embedding) ?? new Float32Array(model.dims);
  }

  async function answer(request: QuantiseRequest): Promise<QuantiseAnswer> {
    if (request.type === 'add') return { type: 'added', ok: await add(request.path) };
    if (request.type === 'measure') return measure();
    if (request.type === 'probe') return { type: 'probed', vector: await probe(request.file) };
    await writeOnnxModel(request.target, quantisedModel(await readOnnx(model.path), request.ranges));
    return { type: 'written' };
  }

  process.on('message', async (request: QuantiseRequest) => {
    const reply = await answer(request).catch(
      (error): QuantiseAnswer => ({ type: 'failed', code: error.code, message: error.message }),
    );
    process.send?.(reply);
  });
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', serve);
