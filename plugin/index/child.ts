import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { SimilarError } from '../errors';
import type { Logger } from '../pipeline/ports';
import type { Calls, FromProcess, Operation } from './messages';

export interface IndexChild {
  readonly pid?: number;
  /** @throws ChildEnded, or what the process refused the call with. */
  call<O extends Operation>(operation: O, ask: Calls[O]['ask']): Promise<Calls[O]['answer']>;
  /** Lets the process save and end. */
  disconnect(): void;
  kill(): void;
  readonly ended: Promise<ChildEnd>;
}

export interface ChildEnd {
  /** In words. */
  how: string;
  /** By its own fault, and not killed from outside. */
  crashed: boolean;
}

/** The process ended before it answered. */
export class ChildEnded extends Error {}

const FILE = join(__dirname, `process${extname(__filename)}`);
const CHECK_MS = 15_000;
/** Checks in a row without a sign of life after which the process counts as hung. */
const SILENT_CHECKS = 8;

/** Starts the index process. It keeps this process alive only while a call waits, and ends when this process does. */
export function startIndexChild(logger: Logger): IndexChild {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let silent = 0;
  let hung = false;

  const child = fork(FILE, {
    // A debugger's port cannot be opened twice.
    execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.unref();
  child.channel?.unref();

  const watchdog = setInterval(() => {
    silent++;
    if (silent < SILENT_CHECKS) return;
    hung = true;
    child.kill('SIGKILL');
  }, CHECK_MS);
  watchdog.unref();

  child.on('message', (message: FromProcess) => {
    silent = 0;
    if (message.type === 'log') logger[message.level](message.message);
    if (message.type !== 'answer' && message.type !== 'refusal') return;
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) child.channel?.unref();
    if (message.type === 'answer') call?.resolve(message.answer);
    else
      call?.reject(
        message.code ? new SimilarError(message.code, message.message, message.details) : new Error(message.message),
      );
  });

  const ended = new Promise<ChildEnd>((resolve) => {
    const end = (how: string, crashed: boolean) => {
      clearInterval(watchdog);
      for (const call of waiting.values()) call.reject(new ChildEnded(how));
      waiting.clear();
      resolve({ how, crashed });
    };
    child.on('exit', (code, signal) => {
      if (hung) end('it hung', true);
      else if (signal) end(`killed by ${signal}`, /^SIG(SEGV|ABRT|BUS|ILL|FPE|TRAP)$/.test(signal));
      else end(`ended with code ${code}`, code !== 0);
    });
    child.on('error', (error) => {
      if (child.pid === undefined) end(`could not be started: ${error.message}`, false);
    });
  });

  return {
    pid: child.pid,
    ended,
    call(operation, ask) {
      return new Promise<never>((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        child.channel?.ref();
        child.send({ id, operation, ask }, (error) => {
          if (error) waiting.get(id)?.reject(new ChildEnded(error.message));
          if (error) waiting.delete(id);
        });
      });
    },
    disconnect() {
      if (child.connected) child.disconnect();
    },
    kill: () => child.kill('SIGKILL'),
  };
}
