/** Child process that lays out one map: seconds of computing, hundreds of MB, and none of it in the CMS. */
import { setImmediate as turn } from 'node:timers/promises';
import { UMAP } from 'umap-js';
import { createRandom } from '../../vectors/random';
import type { LayoutAnswer, LayoutJob } from '../layout';

const EPOCHS = 200;
const EPOCHS_PER_REPORT = 5;
const SEED = 1;

/** Rows of k numbers, as the library wants them. */
const rows = (flat: Int32Array | Float32Array, k: number): number[][] =>
  Array.from({ length: flat.length / k }, (_, at) => [...flat.subarray(at * k, (at + 1) * k)]);

function say(answer: LayoutAnswer): void {
  process.send?.(answer, undefined, undefined, () => {}); // when it cannot be sent, the end follows
}

async function layOut({ neighbours, distances, k, start }: LayoutJob): Promise<Float32Array> {
  const umap = new UMAP({ nNeighbors: k, nEpochs: EPOCHS, random: createRandom(SEED) });
  const indices = rows(neighbours, k);
  umap.setPrecomputedKNN(indices, rows(distances, k));
  // The vectors themselves are not looked at when the neighbours are known: only their number is.
  umap.initializeFit(indices);
  // Not a copy: these are the points that `step` moves.
  const spots = umap.getEmbedding();
  for (const [at, spot] of spots.entries()) {
    if (Number.isFinite(start[2 * at])) spot.splice(0, 2, start[2 * at], start[2 * at + 1]);
  }
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    umap.step();
    if (epoch % EPOCHS_PER_REPORT > 0) continue;
    say({ type: 'progress', share: epoch / EPOCHS });
    await turn();
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', async (job: LayoutJob) => {
  try {
    say({ type: 'done', spots: await layOut(job) });
  } catch (error) {
    say({ type: 'failed', message: (error as Error).message });
  }
});
