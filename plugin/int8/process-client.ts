import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { SimilarConfig } from '../contracts/config';
import { ERRORS, type ErrorCode, SimilarError } from '../errors';
import { startChild } from '../processes/fork';
import type { Quantiser, QuantiserOptions, Trial } from './quantiser';
import type { Ranges } from './ranges';

export interface QuantiseJob extends Omit<QuantiserOptions, 'signal'> {
  limits: SimilarConfig['limits'];
  threads: number;
}

export type QuantiseRequest =
  | { type: 'add'; path: string }
  | { type: 'measure' }
  | { type: 'write'; ranges: Ranges; target: string }
  | { type: 'probe'; file: string };

export type QuantiseAnswer =
  | { type: 'added'; ok: boolean }
  | ({ type: 'measured' } & Trial)
  | { type: 'written' }
  | { type: 'probed'; vector: Float32Array }
  | { type: 'failed'; code?: string; message: string };

const MEASURE_MS = 20 * 60_000;
const WRITE_MS = 2 * 60_000;
/** sharp's own timeout comes first. */
const GRACE_MS = 5_000;

/** Starts the process that quantises a model; neither its pictures nor the runtime can harm this one. */
export function startQuantiser(
  options: QuantiserOptions & { limits: SimilarConfig['limits']; threads?: number },
): Quantiser {
  const { signal, threads = availableParallelism(), ...job } = options;
  const file = path.join(__dirname, `process/main${path.extname(__filename)}`);
  let settle: ((answer: QuantiseAnswer) => void) | undefined;
  let ended: QuantiseAnswer | undefined;
  const child = startChild<QuantiseJob | QuantiseRequest, QuantiseAnswer>(file, {
    signal,
    onMessage: (answer) => settle?.(answer),
  });
  child.ended.then(({ how }) => {
    const message = `The process that quantises the model ended (${how}).`;
    ended = { type: 'failed', code: 'EMBEDDER_UNAVAILABLE', message };
    settle?.(ended);
  });
  child.send({ ...job, threads });

  async function ask(request: QuantiseRequest, timeoutMs: number): Promise<QuantiseAnswer> {
    const timer = setTimeout(child.kill, timeoutMs);
    try {
      const answer = await new Promise<QuantiseAnswer>((resolve) => {
        settle = resolve;
        if (ended) resolve(ended);
        else child.send(request);
      });
      if (answer.type === 'failed') throw failure(answer);
      return answer;
    } finally {
      settle = undefined;
      clearTimeout(timer);
    }
  }

  return {
    async add(picture) {
      const answer = await ask({ type: 'add', path: picture }, job.limits.timeoutMs + GRACE_MS);
      return answer.type === 'added' && answer.ok;
    },
    async measure() {
      const answer = await ask({ type: 'measure' }, MEASURE_MS);
      if (answer.type !== 'measured') throw new TypeError(`The answer is about ${answer.type}.`);
      const { type: _, ...trial } = answer;
      return trial;
    },
    async write(ranges, target) {
      await ask({ type: 'write', ranges, target }, WRITE_MS);
    },
    async probe(model) {
      const answer = await ask({ type: 'probe', file: model }, WRITE_MS);
      if (answer.type !== 'probed') throw new TypeError(`The answer is about ${answer.type}.`);
      return answer.vector;
    },
    close: child.kill,
  };
}

function failure({ code, message }: Extract<QuantiseAnswer, { type: 'failed' }>): Error {
  if (code && Object.hasOwn(ERRORS, code)) return new SimilarError(code as ErrorCode, message);
  return new SimilarError('EMBEDDER_UNAVAILABLE', `The model could not be quantised: ${message}`);
}
