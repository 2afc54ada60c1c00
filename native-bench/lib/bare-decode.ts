/** Process: pictures to the pixels that a model takes, and nothing else. Sends the seconds that a round took. */
import { decodePicture } from '../../plugin/embedder/process/decode';

const { decoding, parallel } = JSON.parse(process.argv[2]);
const admit = async () => () => {};

async function decodeAll(paths: readonly string[]): Promise<void> {
  let at = 0;
  async function work(): Promise<void> {
    while (at < paths.length) {
      const decoded = await decodePicture(paths[at++], { ...decoding, admit });
      if (!decoded.ok) throw new Error(decoded.reason);
    }
  }
  await Promise.all(Array.from({ length: parallel }, work));
}

process.on('message', async (paths: string[]) => {
  const start = performance.now();
  await decodeAll(paths);
  process.send!((performance.now() - start) / 1000);
});
process.send!('ready');
