import type { ModelOptions, ModelProgress } from '../plugin/models/options';
import type { Streams } from './command';
import { createProgress } from './progress';

/** Shows people on `err` the progress of downloading and converting a model, and what goes wrong. */
export function modelProgress(name: string, err: Streams['err']) {
  const progress = createProgress(`Fetching ${name}`, err, ' MB');
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const tell = (message: string) => void err.write(`${message}\n`);
  return {
    log: { info: tell, warn: tell } satisfies ModelOptions['log'],
    onProgress(step: ModelProgress): void {
      if (step.phase === 'convert') {
        progress.stop();
        tell(`Converting ${name}`);
      } else if (step.total !== undefined) {
        progress.update(megabytes(step.done), megabytes(step.total));
      }
    },
    stop: () => progress.stop(),
  };
}
