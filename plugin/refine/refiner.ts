import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { SimilarError } from '../errors';
import type { Arithmetic } from './arithmetic';
import type { Operation, RefineAnswer } from './process';

/** The process that does the arithmetic. Calls are answered one after the other. @throws SimilarError `REFINEMENT_FAILED` */
export type Refiner = {
  [O in Operation]: (...ask: Parameters<Arithmetic[O]>) => Promise<ReturnType<Arithmetic[O]>>;
} & { close(): void };

const FILE = join(__dirname, `process${extname(__filename)}`);
/** Longest time for one call: 4,000 vectors of 2,048 numbers take a minute or two. */
const CALL_MS = 20 * 60_000;

/** Starts the process. It ends when this one does. */
export function startRefiner(): Refiner {
  const child = fork(FILE, {
    // A debugger's port cannot be opened twice.
    execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting: Array<(answer: RefineAnswer) => void> = [];
  let ended: RefineAnswer | undefined;

  const end = (how: string) => {
    ended ??= { ok: false, message: `the process ${how}` };
    for (const settle of waiting.splice(0)) settle(ended);
  };
  /** It keeps this process alive only while a call waits. */
  const hold = (held: boolean) => {
    const change = held ? 'ref' : 'unref';
    child[change]();
    child.channel?.[change]();
  };
  hold(false);
  child.on('message', (answer: RefineAnswer) => {
    waiting.shift()?.(answer);
    if (waiting.length === 0) hold(false);
  });
  child.on('error', (error) => end(`could not go on (${error.message})`));
  child.on('exit', (code, signal) => end(`ended (${signal ?? `exit code ${code}`})`));

  async function call<O extends Operation>(
    operation: O,
    ask: Parameters<Arithmetic[O]>,
  ): Promise<ReturnType<Arithmetic[O]>> {
    const timer = setTimeout(() => child.kill('SIGKILL'), CALL_MS).unref();
    const answer = await new Promise<RefineAnswer>((resolve) => {
      if (ended) return resolve(ended);
      waiting.push(resolve);
      hold(true);
      child.send({ operation, ask }, () => {}); // one that cannot be sent is known by the end
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
    close: () => void child.kill('SIGKILL'),
  };
}
