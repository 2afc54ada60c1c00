import { extname, join } from 'node:path';
import { SimilarError } from '../errors';
import type { TextTower } from '../models/text-tower';
import type { Logger, TextEmbedder } from '../ports';
import { type Child, startChild } from '../processes/fork';
import type { FromTextProcess, ToTextProcess } from './protocol';

export interface LazyTextEmbedder extends TextEmbedder {
  /** Finds the tower's files, downloaded if they have to be, and loads nothing. @throws what `tower` throws. */
  prepare(): Promise<void>;
  /** Whether the tower is in memory. */
  readonly isLoaded: boolean;
  close(): Promise<void>;
}

export interface TextEmbedderOptions {
  model: string;
  /** Finds or downloads the tower. Its promise is asked for again after it was rejected. */
  tower(): Promise<TextTower>;
  threads?: number;
  logger: Pick<Logger, 'info' | 'warn' | 'debug'>;
  /** Longest time that somebody waits for words. */
  patienceMs?: number;
  /** Unloaded after so long without a search. */
  idleMs?: number;
}

/** The same words are searched for page by page, and by several people. */
const MOST_REMEMBERED = 500;

const PROCESS_FILE = join(__dirname, `process/main${extname(__filename)}`);

interface Asked {
  resolve(vectors: Array<Float32Array | null>): void;
  reject(error: Error): void;
}

/** Loads the tower in a process of its own with the first words, and unloads it when nobody searches any more. */
export function createTextEmbedder(options: TextEmbedderOptions): LazyTextEmbedder {
  const { model, logger, threads = 1, patienceMs = 10_000, idleMs = 10 * 60_000 } = options;
  const remembered = new Map<string, Float32Array | null>();
  let finding: Promise<TextTower> | undefined;
  let child: Child<ToTextProcess> | undefined;
  let asked = new Map<number, Asked>();
  let nextId = 1;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const unready = (why: string) => new SimilarError('WORDS_UNREADY', `Words cannot be searched for now: ${why}`);

  function find(): Promise<TextTower> {
    finding ??= options.tower().catch((error) => {
      finding = undefined;
      throw error;
    });
    return finding;
  }

  /** Its tower is loaded while what it is asked waits in it. */
  function start(tower: TextTower): Child<ToTextProcess> {
    const mine = new Map<number, Asked>();
    asked = mine;
    let problem: string | undefined;
    const started = startChild<ToTextProcess, FromTextProcess>(PROCESS_FILE, {
      urgent: true,
      stderr: 'keep',
      onMessage(message) {
        if (message.type === 'ready') {
          logger.info(`The text tower of ${model} is loaded: ${message.engine}, ${message.memoryMb} MiB.`);
        } else if (message.type === 'failed') {
          problem = message.message;
        } else {
          mine.get(message.id)?.resolve(message.vectors);
          mine.delete(message.id);
        }
      },
    });
    started.ended.then(({ how }) => {
      if (child === started) child = undefined;
      const why = problem ?? `its process ended (${how})`;
      if (!closed && (problem || mine.size > 0)) logger.warn(`The text tower of ${model} cannot be used: ${why}`);
      for (const { reject } of mine.values()) reject(unready(why));
    });
    started.send({ type: 'start', options: { tower, threads } });
    return started;
  }

  function unload(): void {
    child?.kill();
    child = undefined;
  }

  async function run(texts: string[]): Promise<Array<Float32Array | null>> {
    const tower = await find();
    if (closed) throw unready('it is being shut down');
    child ??= start(tower);
    child.hold(true);
    clearTimeout(idle);
    const id = nextId++;
    const running = child;
    const mine = asked;
    try {
      return await new Promise<Array<Float32Array | null>>((resolve, reject) => {
        mine.set(id, { resolve, reject });
        running.send({ type: 'embed', id, texts });
      });
    } finally {
      if (mine.size === 0) {
        running.hold(false);
        idle = setTimeout(unload, idleMs).unref();
      }
    }
  }

  /** What was asked for goes on when nobody waits any more: the next one finds it. */
  async function within<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const why = child ? 'the text tower is being loaded, or is busy' : 'the text tower is being downloaded';
      timer = setTimeout(() => reject(unready(why)), patienceMs);
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      if (error instanceof SimilarError && error.code !== 'MODEL_UNAVAILABLE') throw error;
      throw unready((error as Error).message);
    } finally {
      clearTimeout(timer);
    }
  }

  async function embedAll(texts: readonly string[]): Promise<Array<Float32Array | undefined>> {
    const missing = [...new Set(texts)].filter((text) => !remembered.has(text));
    if (missing.length > 0) {
      const vectors = await within(run(missing));
      for (const [at, text] of missing.entries()) remembered.set(text, vectors[at]);
    }
    const found = texts.map((text) => remembered.get(text) ?? undefined);
    for (const text of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) break;
      remembered.delete(text);
    }
    return found;
  }

  return {
    embedAll,

    async prepare() {
      await find();
    },

    async embed(text) {
      const [vector] = await embedAll([text]);
      if (vector) return vector;
      throw new SimilarError('INVALID_PARAMETER', `Expected words that ${model} knows for q but received "${text}"`, {
        name: 'q',
      });
    },

    get isLoaded() {
      return child?.alive ?? false;
    },

    async close() {
      closed = true;
      clearTimeout(idle);
      const ending = child;
      // Whoever waits for its end shall see it.
      ending?.hold(true);
      unload();
      await ending?.ended;
    },
  };
}
