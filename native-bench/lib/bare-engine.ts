/** Worker thread: onnxruntime alone, on tensors that are ready. Posts the seconds that a round took. */
import { parentPort, workerData } from 'node:worker_threads';
import { createOnnxruntimeEngine } from '../../plugin/engines/onnxruntime';

const { modelPath, threads, batchSize, batches } = workerData;

async function start(): Promise<void> {
  const session = await createOnnxruntimeEngine({ modelPath, threads });
  const batch = Float32Array.from({ length: batchSize * 3 * 224 * 224 }, (_, i) => ((i * 37) % 256) / 128 - 1);
  await session.run(batch, batchSize);
  parentPort!.on('message', async () => {
    const start = performance.now();
    for (let i = 0; i < batches; i++) await session.run(batch, batchSize);
    parentPort!.postMessage((performance.now() - start) / 1000);
  });
  parentPort!.postMessage('ready');
}

void start();
