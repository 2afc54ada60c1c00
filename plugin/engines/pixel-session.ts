import type { Preprocessing } from '../models/model';
import type { EngineOutput, EngineSession } from './engine';
import { createWriteInput } from './input';

/** A session that takes pictures as they are decoded. */
export interface PixelSession extends Omit<EngineSession, 'run' | 'input'> {
  /** @param pictures n × size × size × 3, RGB. */
  run(pictures: Uint8Array, n: number, options?: { features?: boolean }): Promise<EngineOutput>;
}

/** Preprocesses here what the session does not preprocess itself. */
export function takingPixels(session: EngineSession, preprocessing: Preprocessing): PixelSession {
  const { engine, device, memory } = session;
  if (session.input === 'pixels') return session;
  const values = 3 * preprocessing.size ** 2;
  const write = createWriteInput(preprocessing);
  let batch = new Float32Array(0);
  /** Runs follow one another: they share one batch. */
  let last: Promise<unknown> = Promise.resolve();

  async function run(pictures: Uint8Array, n: number, options?: { features?: boolean }): Promise<EngineOutput> {
    if (batch.length < n * values) batch = new Float32Array(n * values);
    for (let i = 0; i < n; i++) write(pictures.subarray(i * values, (i + 1) * values), batch, i * values);
    return session.run(batch.subarray(0, n * values), n, options);
  }

  return {
    engine,
    device,
    run(pictures, n, options) {
      const result = last.then(() => run(pictures, n, options));
      last = result.catch(() => {});
      return result;
    },
    dispose: () => session.dispose(),
    ...(memory && { memory }),
  };
}
