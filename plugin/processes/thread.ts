import { extname, join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread.
 * @param folder of its file.
 * @param name of its file, without the extension.
 */
export function startThread(folder: string, name: string, options: WorkerOptions): Worker {
  const extension = extname(__filename);
  // From the sources, in tests: a thread does not take over the TypeScript loader of its process.
  const execArgv = extension === '.ts' ? ['--require', 'tsx/cjs'] : undefined;
  return new Worker(join(folder, `${name}${extension}`), { ...options, execArgv });
}
