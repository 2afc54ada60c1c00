import type { EmbedderStatus, Logger } from '../ports';
import { type Child, startChild } from './child';
import type { EmbedRequest, FromProcess, ProcessOptions } from './protocol';
import { createRestarts } from './restarts';

/** Why the process ended while it worked. */
export type EndCause = 'crash' | 'hang' | 'memory';

export interface SupervisorOptions {
  file: string;
  process: ProcessOptions;
  logger?: Logger;
  onReady(): void;
  onMessage(message: FromProcess): void;
  /** The process was ready and ended. It is restarted automatically. */
  onEnd(cause: EndCause, problem: string): void;
  /** The process cannot be started. It is tried again later. */
  onBroken(problem: string): void;
}

export interface Supervisor {
  readonly status: EmbedderStatus;
  embed(picture: EmbedRequest): void;
  /** @returns false when no process is ready. */
  explain(id: number, paths: [string, string]): boolean;
  /** Ends a process that hangs. */
  kill(): void;
  /** Resolves when the process is gone. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Keeps one embedder process running: starts it, notices its end, starts it again. */
export function superviseProcess(options: SupervisorOptions): Supervisor {
  const { logger } = options;
  const status: EmbedderStatus = { engine: options.process.engine, device: 'unknown', state: 'starting', restarts: 0 };
  const restarts = createRestarts();
  let child: Child | undefined;
  /** Why the process ended, in its own words or by this side's decision. */
  let cause: EndCause | undefined;
  let problem: string | undefined;
  let startTimer: NodeJS.Timeout | undefined;
  let restartTimer: NodeJS.Timeout | undefined;
  let gone: (() => void) | undefined;

  function start(): void {
    cause = undefined;
    problem = undefined;
    child = startChild(options.file, options.process, { onMessage: receive, onEnd: handleEnd });
    status.pid = child.pid;
    startTimer = setTimeout(() => {
      problem = `it was not ready after ${START_TIMEOUT_MS / 1000} s`;
      child?.kill();
    }, START_TIMEOUT_MS);
    startTimer.unref();
  }

  function receive(message: FromProcess): void {
    switch (message.type) {
      case 'ready':
        clearTimeout(startTimer);
        restarts.ready();
        Object.assign(status, { engine: message.engine, device: message.device, slowBecause: slowBecause(message) });
        if (status.state === 'closed') return;
        status.state = 'ready';
        status.problem = undefined;
        logger?.info(
          `Embedder ready: ${message.engine} on ${message.device}, ${options.process.threads} threads, ${message.memoryMb} MiB.`,
        );
        for (const reason of message.skipped) logger?.debug(`Not used: ${reason}`);
        if (status.slowBecause) {
          logger?.warn(
            `The model runs as WebAssembly, about seven times slower than natively: ${status.slowBecause}. docs/engines.md says what to do.`,
          );
        }
        options.onReady();
        return;
      case 'failed':
        problem = message.message;
        return;
      case 'out-of-memory':
        cause = 'memory';
        problem = `it used ${message.memoryMb} MiB of memory`;
        return;
      case 'results':
        restarts.worked();
    }
    options.onMessage(message);
  }

  function handleEnd(how: string): void {
    clearTimeout(startTimer);
    const wasReady = status.state === 'ready';
    const reason = problem ?? how;
    child = undefined;
    status.pid = undefined;
    if (status.state === 'closed') {
      options.onEnd(cause ?? 'crash', reason);
      gone?.();
      return;
    }
    status.restarts++;
    status.problem = reason;
    status.state = 'restarting';
    if (wasReady) {
      logger?.warn(`The embedder process ended (${reason}) and is being restarted.`);
      startAfter(restarts.afterCrash());
      options.onEnd(cause ?? 'crash', reason);
      return;
    }
    const { delay, broken } = restarts.afterFailedStart(problem !== undefined);
    startAfter(delay);
    if (!broken) return;
    status.state = 'broken';
    logger?.error(`The embedder process cannot be started; next attempt in ${Math.round(delay / 1000)} s. ${reason}`);
    options.onBroken(reason);
  }

  function startAfter(delay: number): void {
    restartTimer = setTimeout(() => {
      status.state = 'restarting';
      start();
    }, delay);
  }

  start();
  return {
    status,
    embed: (picture) => child?.embed(picture),
    explain(id, paths) {
      if (status.state !== 'ready' || !child) return false;
      child.explain(id, paths);
      return true;
    },
    kill() {
      cause = 'hang';
      problem = 'it hung';
      child?.kill();
    },
    async close() {
      status.state = 'closed';
      clearTimeout(restartTimer);
      clearTimeout(startTimer);
      if (!child) return;
      await new Promise<void>((resolve) => {
        gone = resolve;
        child?.kill();
      });
    },
  };
}

/** The native engine's reason, if WebAssembly had to replace it; not if WebAssembly was configured. */
function slowBecause({ engine, skipped }: Extract<FromProcess, { type: 'ready' }>): string | undefined {
  const native = 'onnxruntime on cpu: ';
  return engine === 'wasm' ? skipped.find((reason) => reason.startsWith(native))?.slice(native.length) : undefined;
}
