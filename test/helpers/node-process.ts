import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { NodeOptions } from './crash-node';

export interface NodeProcess {
  /** Warnings and errors of all its starts. */
  readonly log: string[];
  readonly connected: boolean;
  /** The current run has ended, or there was none. */
  readonly ended: Promise<unknown>;
  start(options: NodeOptions, env?: NodeJS.ProcessEnv): Promise<void>;
  /** @throws Error when the node has ended, or what its operation throws. */
  ask<T>(operation: string, ...args: unknown[]): Promise<T>;
  /** By SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A core without Strapi (crash-node.ts) that may be started again after it has ended. */
export function createNodeProcess(): NodeProcess {
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let asked = 0;
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  const log: string[] = [];

  function ask<T>(operation: string, ...args: unknown[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!child?.connected) return reject(new Error('the node has ended'));
      waiting.set(++asked, { resolve: resolve as (answer: unknown) => void, reject });
      child.send({ id: asked, operation, args }, () => {});
    });
  }

  return {
    log,
    ask,
    get connected() {
      return child?.connected ?? false;
    },
    get ended() {
      return ended;
    },

    async start(options, env = {}) {
      const started = fork(path.join(__dirname, 'crash-node.ts'), [JSON.stringify(options)], {
        execArgv: ['--import', 'tsx'],
        env: { ...process.env, ...env },
        serialization: 'advanced',
      });
      child = started;
      ended = once(started, 'exit').then(() => {
        for (const { reject } of waiting.values()) reject(new Error('the node has ended'));
        waiting.clear();
      });
      started.on('message', ({ id, answer, error, log: line }: Record<string, never>) => {
        if (line) return log.push(line);
        if (error) waiting.get(id)?.reject(new Error(error));
        else waiting.get(id)?.resolve(answer);
        return waiting.delete(id);
      });
      await new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
    },

    async kill() {
      child?.kill('SIGKILL');
      await ended;
    },

    async stop() {
      await ask('stop').catch(() => {});
      await ended;
    },
  };
}
