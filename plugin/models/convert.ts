import path from 'node:path';
import { SimilarError } from '../errors';
import { startChild } from '../processes/fork';
import type { ConvertAnswer, ConvertJob } from './process/convert';

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
  signal?.throwIfAborted();
  const script = path.join(__dirname, `process/convert${path.extname(__filename)}`);
  let answer: ConvertAnswer | undefined;
  const child = startChild<ConvertJob, ConvertAnswer>(script, {
    signal,
    onMessage(message) {
      answer = message;
    },
  });
  const timer = setTimeout(child.kill, timeoutMs);
  child.send(job);
  // It ends once it has answered.
  const { how } = await child.ended;
  clearTimeout(timer);
  if (answer?.ok) return answer;
  signal?.throwIfAborted();
  // That it could not be started is not the file's fault.
  if (!answer && child.pid === undefined) throw new Error(`The weights could not be converted: the process ${how}.`);
  if (!answer) {
    const message = `The conversion of the weights ended without a result (${how}).`;
    throw new SimilarError('WEIGHTS_INVALID', message);
  }
  if (answer.code === 'WEIGHTS_INVALID') throw new SimilarError('WEIGHTS_INVALID', answer.message);
  throw new Error(`The weights could not be converted: ${answer.message}`);
}
