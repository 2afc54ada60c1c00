import { extname, join } from 'node:path';
import { SimilarError } from '../errors';
import type { Logger } from '../ports';
import { type ChildEnd, startChild } from '../processes/fork';
import type { Calls, FromProcess, Operation, Request } from './messages';

export interface IndexChild {
  readonly pid?: number;
  /** Whether it came so far as to run its own code. */
  readonly heard: boolean;
  /** @throws ChildEnded, or what the process refused the call with. */
  call<O extends Operation>(operation: O, ask: Calls[O]['ask']): Promise<Calls[O]['answer']>;
  /** Lets the process save and end. */
  disconnect(): void;
  kill(): void;
  readonly ended: Promise<ChildEnd>;
}

/** The process ended before it answered. */
export class ChildEnded extends Error {}

const FILE = join(__dirname, `process/main${extname(__filename)}`);
const CHECK_MS = 15_000;
/** Checks in a row without a sign of life after which the process counts as hung. */
const SILENT_CHECKS = 8;

/** Starts the index process. It keeps this process alive only while a call waits, and ends when this process does. */
export function startIndexChild(logger: Logger): IndexChild {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let silent = 0;
  let hung = false;
  let heard = false;
  let over: ChildEnd | undefined;

  const child = startChild<Request, FromProcess>(FILE, { urgent: true, stderr: 'inherit', onMessage: receive });
  child.hold(false);

  const watchdog = setInterval(() => {
    silent++;
    if (silent < SILENT_CHECKS) return;
    hung = true;
    child.kill();
  }, CHECK_MS);
  watchdog.unref();

  function receive(message: FromProcess): void {
    silent = 0;
    heard = true;
    if (message.type === 'log') logger[message.level](message.message);
    if (message.type !== 'answer' && message.type !== 'refusal') return;
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) child.hold(false);
    if (message.type === 'answer') call?.resolve(message.answer);
    else
      call?.reject(
        message.code ? new SimilarError(message.code, message.message, message.details) : new Error(message.message),
      );
  }

  const ended = child.ended.then((end): ChildEnd => {
    clearInterval(watchdog);
    over = hung ? { how: 'it hung', crashed: true } : end;
    for (const call of waiting.values()) call.reject(new ChildEnded(over.how));
    waiting.clear();
    return over;
  });

  return {
    pid: child.pid,
    get heard() {
      return heard;
    },
    ended,
    call(operation, ask) {
      return new Promise<never>((resolve, reject) => {
        if (over) return reject(new ChildEnded(over.how));
        const id = nextId++;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        child.hold(true);
        child.send({ id, operation, ask } as Request);
      });
    },
    disconnect: child.disconnect,
    kill: child.kill,
  };
}
