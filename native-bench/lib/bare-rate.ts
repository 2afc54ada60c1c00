import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';

export interface BareRate {
  /** Pictures per second of one round. */
  round(): Promise<number>;
  close(): void;
}

/** onnxruntime alone on tensors that are ready, in a process of its own. */
export async function startBareRate(modelPath: string, { batchSize = 8, batches = 10 } = {}): Promise<BareRate> {
  const options = { modelPath, threads: os.availableParallelism(), batchSize, batches };
  const worker = fork(path.join(__dirname, 'bare-engine.ts'), [JSON.stringify(options)]);
  await once(worker, 'message');
  return {
    async round() {
      worker.send('go');
      const [seconds] = await once(worker, 'message');
      return (batchSize * batches) / seconds;
    },
    close: () => void worker.kill(),
  };
}

/** Rates of both in alternating rounds, after one to warm up. Who comes first changes, so that a machine that slows down favours neither. */
export async function alternate(
  a: () => Promise<number>,
  b: () => Promise<number>,
  rounds: number,
): Promise<Array<[a: number, b: number]>> {
  await a();
  await b();
  const rates: Array<[number, number]> = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) rates.push([await a(), await b()]);
    else {
      const second = await b();
      rates.push([await a(), second]);
    }
  }
  return rates;
}
