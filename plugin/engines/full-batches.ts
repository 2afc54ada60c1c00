import type { EngineOutput, EngineSession } from './engine';

/**
 * A session whose batches all have `size` pictures. What computes on a GPU looks for its fastest way whenever a batch has another size
 * than the one before, which takes a hundred times as long as the batch (native-bench/results/gpu.md).
 */
export const inFullBatches = (session: EngineSession, size: number): EngineSession => ({
  ...session,
  run: (batch, n, options) => runFull(batch, n, size, (full) => session.run(full, size, options)),
});

/** Runs n pictures in batches of `size`, the last one filled up with zeros. */
export async function runFull<T extends Float32Array | Uint8Array>(
  batch: T,
  n: number,
  size: number,
  run: (full: T) => Promise<EngineOutput>,
): Promise<EngineOutput> {
  if (n === size) return run(batch);
  const values = batch.length / n;
  const parts: EngineOutput[] = [];
  for (let at = 0; at < n; at += size) {
    const count = Math.min(size, n - at);
    const full = new (batch.constructor as new (length: number) => T)(size * values);
    full.set(batch.subarray(at * values, (at + count) * values));
    const { embedding, features } = await run(full);
    const ours = (all: Float32Array) => all.subarray(0, (all.length / size) * count);
    parts.push({ embedding: ours(embedding), ...(features && { features: ours(features) }) });
  }
  if (parts.length === 1) return parts[0];
  const features = parts.flatMap((part) => part.features ?? []);
  return {
    embedding: joined(parts.map(({ embedding }) => embedding)),
    ...(features.length > 0 && { features: joined(features) }),
  };
}

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
