import { SimilarError } from '../errors';

/** A likely cause and what to do about it. */
export type CauseAndRemedy = readonly [cause: string, remedy: string];

/** One message with everything a person needs to get the engine running: what failed, where, likely causes and remedies. */
export function engineUnavailable(engine: string, failed: string, error: unknown, causes: readonly CauseAndRemedy[]) {
  const reason = error instanceof Error ? error.message : String(error);
  const message = [
    `Engine ${engine} ${failed} on ${process.platform}-${process.arch} with Node ${process.version}: ${reason}`,
    'Possible causes:',
    ...causes.map(([cause, remedy]) => `- ${cause} → ${remedy}`),
  ].join('\n');
  return new SimilarError('ENGINE_UNAVAILABLE', message, { engine }, { cause: error });
}
