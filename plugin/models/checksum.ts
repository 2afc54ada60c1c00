import { SimilarError } from '../errors';
import { sha256Of } from '../files/sha256';

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
