import type { Streams } from './command';

/** As shells do: 128 + the number of SIGINT. */
const INTERRUPTED = 130;

/** Lets `work` end in order at the first Ctrl-C, so that the terminal is left tidy; a second one ends the process at once. */
export async function interruptible(
  err: Streams['err'],
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once('SIGINT', abort);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    err.write('Interrupted. The next run continues from here.\n');
    return INTERRUPTED;
  } finally {
    process.off('SIGINT', abort);
  }
}
