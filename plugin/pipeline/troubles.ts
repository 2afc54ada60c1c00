import type { FileId, Logger } from '../ports';

/** After so long the same reason is worth another line. */
const AGAIN_AFTER_MS = 3_600_000;

/** Says once why pictures wait, and not for each of them: a volume that is gone takes the whole library along. */
export function createTroubles(logger: Logger): (fileId: FileId, reason: string) => void {
  const said = new Map<string, number>();
  return (fileId, reason) => {
    const now = Date.now();
    for (const [known, at] of said) if (now - at > AGAIN_AFTER_MS) said.delete(known);
    if (said.has(reason)) return;
    said.set(reason, now);
    logger.warn(`Picture ${fileId} will be retried, and so will others with the same problem: ${reason}`);
  };
}
