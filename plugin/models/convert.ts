import { fork } from 'node:child_process';
import path from 'node:path';
import { SimilarError } from '../errors';
import type { ConvertAnswer, ConvertJob } from './convert-process';

/**
 * Converts a weights file to ONNX in a child process.
 * @returns size of the ONNX file, and the child's peak memory, in bytes.
 * @throws SimilarError `WEIGHTS_INVALID` when the file is not what it should be, or reading it ends the process.
 */
export async function convertWeights(
  job: ConvertJob,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<{ bytes: number; peakBytes: number }> {
  const { timeoutMs = 120_000, signal } = options;
  const script = path.join(__dirname, `convert-process${path.extname(__filename)}`);
  const child = fork(script, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const answer = await new Promise<ConvertAnswer>((resolve, reject) => {
      child.once('message', (message) => resolve(message as ConvertAnswer));
      child.once('error', reject);
      child.once('exit', (code, killedBy) => {
        const message = `The conversion of the weights ended by ${killedBy ?? `exit code ${code}`} without an answer.`;
        resolve({ ok: false, code: 'WEIGHTS_INVALID', message });
      });
      child.send(job, (error) => error && reject(error));
    });
    if (answer.ok) return answer;
    if (answer.code === 'WEIGHTS_INVALID') throw new SimilarError('WEIGHTS_INVALID', answer.message);
    throw new Error(`The weights could not be converted: ${answer.message}`);
  } finally {
    clearTimeout(timer);
    if (child.connected) child.disconnect();
  }
}
