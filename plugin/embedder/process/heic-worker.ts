/** Thread that decodes HEIC pictures: libheif runs as WebAssembly, and would keep the process from everything else meanwhile. */

import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { findPeer } from '../../optional-peer';
import type { FromHeicThread, ToHeicThread } from './heic';

/** The first picture of a file, as a person sees it. */
interface HeicPicture {
  width: number;
  height: number;
  decode(): Promise<{ width: number; height: number; data: Uint8ClampedArray }>;
}

interface HeicDecoder {
  all(file: { buffer: Uint8Array }): Promise<HeicPicture[] & { dispose(): void }>;
}

function load(): HeicDecoder {
  const peer = findPeer('heic-decode', [process.cwd(), __dirname]);
  if (!peer) throw new Error('heic-decode is not installed');
  return peer.load(peer.file);
}

const port = parentPort!;
const say = (message: FromHeicThread) => port.postMessage(message);
/** Resolves when the picture may be decoded. */
let go: (() => void) | undefined;

port.on('message', (message: ToHeicThread) => {
  if (message.type === 'go') go?.();
  else decode(message.bytes).catch((error) => say({ type: 'failed', message: String(error?.message ?? error) }));
});

async function decode(bytes: Uint8Array): Promise<void> {
  const pictures = await load().all({ buffer: bytes });
  try {
    const [{ width, height, decode: pixelsOf }] = pictures;
    const admitted = new Promise<void>((resolve) => {
      go = resolve;
    });
    say({ type: 'size', width, height });
    await admitted;
    const { data } = await pixelsOf();
    const raw = { width, height, channels: 4 } as const;
    // Not compressed: it is read once, at once.
    const png = await sharp(data, { raw, limitInputPixels: false }).png({ compressionLevel: 0 }).toBuffer();
    say({ type: 'decoded', bytes: png });
  } finally {
    pictures.dispose();
  }
}
