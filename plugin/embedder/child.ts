import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
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

export const PROCESS_FILE = join(__dirname, `process${extname(__filename)}`);

/** What the process may see of the environment: it handles bytes nobody vouches for, and has no need of passwords. */
export const ENVIRONMENT =
  /^(PATH|HOME|USERPROFILE|SYSTEMROOT|WINDIR|TEMP|TMP|TMPDIR|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|DYLD_\w+|NODE_\w+|TSX_\w+|UV_\w+|MALLOC_\w+|OMP_\w+|CUDA_\w+|NVIDIA_\w+|ORT_\w+|TF_\w+|XDG_\w+|FONTCONFIG_\w+)$/i;

/** libuv's pool also reads files. */
const READERS = 2;

/** Starts the embedder process. It ends by itself when this process does. */
export function startChild(file: string, options: ProcessOptions, { onMessage, onEnd }: ChildEvents): Child {
  const inspected = process.execArgv.some(isInspect);
  const child = fork(file, {
    env: {
      // glibc keeps up to eight heaps per core, and decoders on many threads leave each of them fragmented.
      MALLOC_ARENA_MAX: '2',
      UV_THREADPOOL_SIZE: String(options.decoders + READERS),
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name))),
    },
    // A debugger's port cannot be opened twice.
    ...(inspected && { execArgv: process.execArgv.filter((arg) => !isInspect(arg)) }),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });

  let stderr = '';
  let exit: string | undefined;
  let disconnected = false;
  let ended = false;
  // Messages may still be on their way when the exit is known: the end is when both are over.
  const endWhenOver = () => {
    if (ended || exit === undefined || !disconnected) return;
    ended = true;
    onEnd([exit, stderr.trim()].filter(Boolean).join(': '));
  };

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  child.on('message', (messages) => {
    for (const message of messages as FromProcess[]) onMessage(message);
  });
  child.on('exit', (code, signal) => {
    exit = signal ? `killed by ${signal}` : `ended with code ${code}`;
    endWhenOver();
  });
  child.on('disconnect', () => {
    disconnected = true;
    endWhenOver();
  });
  child.on('error', (error) => {
    if (child.pid !== undefined) return; // a message could not be delivered: the end follows
    exit = `could not be started: ${error.message}`;
    disconnected = true;
    endWhenOver();
  });

  const send = (message: ToProcess) => child.send(message, () => {}); // one that cannot be sent is known by the end
  send({ type: 'start', options });

  let pictures: EmbedRequest[] = [];
  /** In one piece: when a batch is done, as many pictures follow at nearly the same time. */
  function embed(picture: EmbedRequest): void {
    if (pictures.length === 0) {
      setImmediate(() => {
        send({ type: 'embed', pictures });
        pictures = [];
      });
    }
    pictures.push(picture);
  }

  return {
    pid: child.pid,
    embed,
    explain: (id, paths) => send({ type: 'explain', id, paths }),
    kill: () => child.kill('SIGKILL'),
  };
}

function isInspect(arg: string): boolean {
  return arg.startsWith('--inspect');
}
