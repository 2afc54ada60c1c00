import { extname, join } from 'node:path';
import { startChild as startProcess } from '../processes/fork';
import type { EmbedRequest, FromProcess, ProcessOptions, ToProcess } from './protocol';

export interface Child {
  readonly pid?: number;
  embed(picture: EmbedRequest): void;
  explain(id: number, paths: [string, string]): void;
  /** Ends it at once; `onEnd` follows. */
  kill(): void;
}

export interface ChildEvents {
  onMessage(message: FromProcess): void;
  /** Called once, after the last message. `how`: in words, with what it wrote to stderr last. */
  onEnd(how: string): void;
}

export const PROCESS_FILE = join(__dirname, `process/main${extname(__filename)}`);

/** libuv's pool also reads files. */
const READERS = 2;

/** Starts the embedder process. It ends when this process does. */
export function startChild(file: string, options: ProcessOptions, { onMessage, onEnd }: ChildEvents): Child {
  const child = startProcess<ToProcess, FromProcess[]>(file, {
    env: {
      // glibc keeps up to eight heaps per core, and decoders on many threads leave each of them fragmented.
      MALLOC_ARENA_MAX: '2',
      UV_THREADPOOL_SIZE: String(options.decoders + READERS),
    },
    stderr: 'keep',
    onMessage(messages) {
      for (const message of messages) onMessage(message);
    },
  });
  child.ended.then(({ how }) => onEnd(how));
  child.send({ type: 'start', options });

  let pictures: EmbedRequest[] = [];
  /** In one piece: when a batch is done, as many pictures follow at nearly the same time. */
  function embed(picture: EmbedRequest): void {
    if (pictures.length === 0) {
      setImmediate(() => {
        child.send({ type: 'embed', pictures });
        pictures = [];
      });
    }
    pictures.push(picture);
  }

  return {
    pid: child.pid,
    embed,
    explain: (id, paths) => child.send({ type: 'explain', id, paths }),
    kill: child.kill,
  };
}
