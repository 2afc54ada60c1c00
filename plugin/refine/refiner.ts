import { extname, join } from 'node:path';
import { SimilarError } from '../errors';
import { startChild } from '../processes/fork';
import type { Arithmetic } from './arithmetic';
import type { Operation, RefineAnswer, RefineRequest } from './process/main';

/** The process that does the arithmetic. Calls are answered one after the other. @throws SimilarError `REFINEMENT_FAILED` */
export type Refiner = {
  [O in Operation]: (...ask: Parameters<Arithmetic[O]>) => Promise<ReturnType<Arithmetic[O]>>;
} & { close(): void };

const FILE = join(__dirname, `process/main${extname(__filename)}`);
/** Longest time for one call: 4,000 vectors of 2,048 numbers take a minute or two. */
const CALL_MS = 20 * 60_000;

/** Starts the process. It ends when this one does. */
export function startRefiner(): Refiner {
  const waiting: Array<(answer: RefineAnswer) => void> = [];
  let ended: RefineAnswer | undefined;

  const child = startChild<RefineRequest, RefineAnswer>(FILE, {
    stderr: 'inherit',
    onMessage(answer) {
      waiting.shift()?.(answer);
      if (waiting.length === 0) child.hold(false);
    },
  });
  // It keeps this process alive only while a call waits.
  child.hold(false);
  child.ended.then(({ how }) => {
    ended = { ok: false, message: `the process ended (${how})` };
    for (const settle of waiting.splice(0)) settle(ended);
  });

  async function call<O extends Operation>(
    operation: O,
    ask: Parameters<Arithmetic[O]>,
  ): Promise<ReturnType<Arithmetic[O]>> {
    const timer = setTimeout(child.kill, CALL_MS).unref();
    const answer = await new Promise<RefineAnswer>((resolve) => {
      if (ended) return resolve(ended);
      waiting.push(resolve);
      child.hold(true);
      child.send({ operation, ask } as RefineRequest);
    });
    clearTimeout(timer);
    if (!answer.ok) throw new SimilarError('REFINEMENT_FAILED', `Refining failed: ${answer.message}`);
    return answer.value as ReturnType<Arithmetic[O]>;
  }

  return {
    sample: (...ask) => call('sample', ask),
    learn: (...ask) => call('learn', ask),
    load: (...ask) => call('load', ask),
    refine: (...ask) => call('refine', ask),
    close: child.kill,
  };
}
