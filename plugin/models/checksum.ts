import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { SimilarError } from '../errors';

/** SHA-256 of a file, lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** @throws SimilarError `MODEL_DAMAGED` that names both checksums; it is also thrown for a file that cannot be read. */
export async function verifyChecksum(path: string, wanted: string, model: string): Promise<void> {
  const received = await sha256Of(path).catch((cause: NodeJS.ErrnoException) => {
    const message = `The file of model ${model} cannot be read (${cause.code}): ${path}`;
    throw new SimilarError('MODEL_DAMAGED', message, { model, expected: wanted }, { cause });
  });
  if (received === wanted) return;
  const message = `Expected SHA-256 ${wanted} for the file of model ${model} but received ${received}: ${path}`;
  throw new SimilarError('MODEL_DAMAGED', message, { model, expected: wanted, received });
}
