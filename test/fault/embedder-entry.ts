/** Entry of an embedder process whose decoder misbehaves for pictures whose file name says so. */
import path from 'node:path';
import { decodePicture } from '../../plugin/embedder/process/decode';
import { serve } from '../../plugin/embedder/process/main';

const MIB = 2 ** 20;

const MISDEEDS: Record<string, () => unknown> = {
  /** As a segmentation fault in native code: no message, no clean-up. */
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  abort: () => process.abort(),
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('decoder bug');
  },
  /** A thread that never returns. */
  hang: () => new Promise(() => {}),
  /** The whole process stands still. */
  block: () => {
    for (;;);
  },
  memory: async () => {
    const held: Buffer[] = [];
    for (;;) {
      held.push(Buffer.alloc(16 * MIB, 1));
      await new Promise(setImmediate);
    }
  },
};

serve(async (file, decoding) => {
  const [misdeed] = path.basename(file).split('-');
  if (Object.hasOwn(MISDEEDS, misdeed)) await MISDEEDS[misdeed]();
  return decodePicture(file, decoding);
});
