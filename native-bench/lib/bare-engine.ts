/** Process: onnxruntime alone, on tensors that are ready. Sends the seconds that a round took. */
import { createOnnxruntimeEngine } from '../../plugin/engines/onnxruntime';

const { modelPath, threads, batchSize, batches } = JSON.parse(process.argv[2]);

async function start(): Promise<void> {
  const session = await createOnnxruntimeEngine({ modelPath, threads });
  const batch = Float32Array.from({ length: batchSize * 3 * 224 * 224 }, (_, i) => ((i * 37) % 256) / 128 - 1);
  await session.run(batch, batchSize);
  process.on('message', async () => {
    const start = performance.now();
    for (let i = 0; i < batches; i++) await session.run(batch, batchSize);
    process.send!((performance.now() - start) / 1000);
  });
  process.send!('ready');
}

void start();
