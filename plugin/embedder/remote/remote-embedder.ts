import type { SimilarConfig } from '../../contracts/config';
import type { Embedder, EmbedderStatus, Logger, Space } from '../../ports';
import { unavailable } from '../picture';
import type { Address } from './call';
import { createMachine, type Machine } from './machine';
import type { Task } from './outbox';
import { createOwnEmbedder } from './own';

export interface RemoteEmbedderOptions {
  space: Space;
  machines: readonly Address[];
  /** Largest picture, in bytes. */
  maxBytes: number;
  /** Whether this node embeds while no machine answers. It explains in any case but `never`. */
  local: SimilarConfig['localEmbedder'];
  /** Starts the embedder of this node. */
  openLocal(): Promise<Embedder>;
  /** Pictures that keep the embedder of this node busy. */
  localCapacity: number;
  logger?: Logger;
}

/** Machines that may fail while they have the same picture. */
const TRIES = 4;
const DRAIN_MS = 5_000;

/** Embeds on other machines: on the one that has the least to do. What a machine had when it went, the others get. */
export function createRemoteEmbedder(options: RemoteEmbedderOptions): Embedder {
  const { space, maxBytes, local, localCapacity, logger } = options;
  const own = createOwnEmbedder(options.openLocal);
  const waiting: Task[] = [];
  let checked = false;
  let ownWork = 0;
  let closing: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  const machines = options.machines.map((address) =>
    createMachine({ ...address, space, maxBytes, logger, onChange: hasChanged, giveBack }),
  );
  Promise.all(machines.map((machine) => machine.checked)).then(() => {
    checked = true;
    hasChanged();
  });

  const usable = () => machines.filter((machine) => machine.usable);
  const working = () => ownWork + machines.reduce((sum, { outstanding }) => sum + outstanding, 0);

  function hasChanged(): void {
    pump();
    if (working() === 0) onEmpty?.();
  }

  /** Before all others, as they have waited longer. */
  function giveBack(tasks: Task[]): void {
    for (const task of tasks.toReversed()) {
      if (closing) task.reject(unavailable('it was closed.'));
      else if (task.tries < TRIES) waiting.unshift(task);
      else if (local === 'never') task.reject(unavailable(`${TRIES} machines failed while they had the picture.`));
      else embedHere(task);
    }
    pump();
  }

  function pump(): void {
    while (waiting.length > 0 && !closing) {
      const free = leastLoaded(machines);
      if (free) free.take(waiting.shift()!);
      // One that is busy will have room; and one that is being asked may be there.
      else if (usable().length > 0 || !checked) return;
      else if (local === 'never') rejectAll('no machine of `embedders` can be used; the log says why.');
      else if (ownWork < localCapacity) embedHere(waiting.shift()!);
      else return;
    }
  }

  async function embedHere({ path, options, resolve, reject }: Task): Promise<void> {
    ownWork++;
    if (ownWork === 1 && !own.status()) logger?.warn('No machine of `embedders` can be used: this node embeds itself.');
    try {
      resolve(await (await own.open()).embed(path, options));
    } catch (error) {
      reject(unavailable((error as Error).message));
    }
    ownWork--;
    hasChanged();
  }

  function rejectAll(problem: string): void {
    for (const task of waiting.splice(0)) task.reject(unavailable(problem));
  }

  /** What is wrong with which machine: for operators, as it names them. */
  function problemOf(): string {
    const problems = machines.flatMap(({ name, problem }) => (problem ? [`${name}: ${problem}.`] : []));
    return problems.join(' ');
  }

  function state(): EmbedderStatus['state'] {
    if (closing) return 'closed';
    if (usable().length > 0) return 'ready';
    if (!checked) return 'starting';
    return local === 'never' || own.problem ? 'broken' : 'ready';
  }

  async function close(): Promise<void> {
    rejectAll('it was closed.');
    if (working() > 0) {
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
        setTimeout(resolve, DRAIN_MS).unref();
      });
    }
    await Promise.all([...machines.map((machine) => machine.close()), own.close()]);
  }

  return {
    space,
    get capacity() {
      return usable().reduce((sum, { health }) => sum + (health?.capacity ?? 0), 0) || localCapacity;
    },
    embed(path, embedOptions = {}) {
      return new Promise((resolve, reject) => {
        if (closing) return reject(unavailable('it was closed.'));
        const task: Task = { path, options: embedOptions, tries: 0, resolve, reject };
        if (embedOptions.urgent) waiting.unshift(task);
        else waiting.push(task);
        pump();
      });
    },
    async explain(query, result) {
      if (local === 'never') throw unavailable('this node explains nothing, as `localEmbedder` is `never`.');
      const embedder = await own.open().catch((error) => {
        throw unavailable(error.message);
      });
      return embedder.explain(query, result);
    },
    status() {
      const here = own.status();
      const answering = usable();
      const of = (key: 'engine' | 'device') => [
        ...new Set([...answering.map(({ health }) => health?.[key] ?? ''), ...(here ? [here[key]] : [])]),
      ];
      const device = `remote: ${answering.length} of ${machines.length}`;
      const devices = of('device').join(', ');
      const problem = [problemOf(), own.problem].filter(Boolean).join(' ');
      return {
        engine: of('engine').join(', ') || 'none',
        device: devices ? `${device} (${devices})` : device,
        state: state(),
        ...(here?.slowBecause && answering.length === 0 && { slowBecause: here.slowBecause }),
        ...(problem && { problem }),
        restarts: machines.reduce((sum, { losses }) => sum + losses, here?.restarts ?? 0),
        ...(here?.pid !== undefined && { pid: here.pid }),
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function leastLoaded(machines: readonly Machine[]): Machine | undefined {
  const load = ({ outstanding, health }: Machine) => outstanding / (health?.capacity ?? 1);
  return machines.filter((machine) => machine.room() > 0).sort((a, b) => load(a) - load(b))[0];
}
