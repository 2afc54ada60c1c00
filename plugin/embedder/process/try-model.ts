import type { PixelSession } from '../../engines/pixel-session';
import { cosine } from '../../vectors/cosine';
import type { EngineWorkerOptions } from './engine-thread';

/** Two pictures that have nothing in common: a vector that does not tell them apart tells nothing. */
const SAME = 0.99999;

/**
 * Shows a model of one's own two pictures.
 * @throws Error that names the key of its entry whose value does not fit what it gives.
 */
export async function tryModel(
  session: PixelSession,
  { preprocessing: { size }, dims }: Pick<EngineWorkerOptions, 'preprocessing' | 'dims'>,
): Promise<void> {
  const values = 3 * size * size;
  const waves = (i: number) => 128 + 63 * (Math.sin(i / 97) + Math.cos(i / (7 * size)));
  const stripes = (i: number) => (Math.floor(i / 24) % 2 === 0 ? 250 : 5);
  const pictures = Uint8Array.from({ length: 2 * values }, (_, i) => (i < values ? waves(i) : stripes(i)));
  const { embedding } = await session.run(pictures, 2).catch((error: Error) => {
    throw new Error(`The model does not do what its entry in \`models.custom\` says. ${error.message}`, {
      cause: error,
    });
  });
  if (!embedding.every(Number.isFinite)) {
    throw new Error(
      'The model gives numbers that are infinite or none (`preprocessing.mean`, `std` or `white` may be wrong).',
    );
  }
  const [one, other] = [embedding.subarray(0, dims), embedding.subarray(dims)];
  if (cosine(one, other) > SAME) {
    throw new Error(
      'The model gives the same vector for two different pictures: `output.name` or `output.take` may be wrong.',
    );
  }
}
