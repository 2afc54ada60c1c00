import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import os from 'node:os';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What a child process may see of the environment: it handles bytes nobody vouches for, and has no need of passwords.
 * Not NODE_OPTIONS: a debugger's port, a preloaded module or a heap size in it are meant for this process.
 */
const ENVIRONMENT =
  /^(PATH|HOME|USERPROFILE|SYSTEMROOT|WINDIR|TEMP|TMP|TMPDIR|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|DYLD_\w+|NODE_(ENV|PATH|ICU_DATA|NO_WARNINGS|V8_COVERAGE)|TSX_\w+|UV_\w+|MALLOC_\w+|OMP_\w+|CUDA_\w+|NVIDIA_\w+|ORT_\w+|TF_\w+|XDG_\w+|FONTCONFIG_\w+|SIMILAR_TENSORRT|SIMILAR_TFJS_DIR|SIMILAR_FAULT)$/i;

const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = os.constants.priority;
const STDERR_KEPT = 2_000;
/** Signals that a process gets by its own fault. */
const CRASHES = /^SIG(SEGV|ABRT|BUS|ILL|FPE|TRAP)$/;

export interface ChildOptions<FromChild> {
  /** Variables that it gets in addition to those it may see; those of the environment come first. */
  env?: Record<string, string>;
  /** Largest heap, in MiB; by default Node's own. */
  heapMb?: number;
  /** Somebody waits for its answers: it goes before children that do not, and still after this process. */
  urgent?: boolean;
  /** Keep what it writes to stderr last, for `how`; or let it be this process' own. By default it is ignored. */
  stderr?: 'keep' | 'inherit';
  /** Ends it. */
  signal?: AbortSignal;
  onMessage(message: FromChild): void;
}

export interface ChildEnd {
  /** In words, to be put in brackets: `killed by SIGKILL`, `could not be started: …`. */
  how: string;
  /** By its own fault, and not killed from outside. */
  crashed: boolean;
}

export interface Child<ToChild> {
  /** undefined when it could not be started. */
  readonly pid?: number;
  /** Whether it can take messages. */
  readonly alive: boolean;
  /** Resolves after the last message, also when it could not be started. Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Never throws: what cannot be sent is followed by the end. */
  send(message: ToChild): void;
  /** Ends it at once. */
  kill(): void;
  /** Disconnects from it; it notices, and ends. */
  disconnect(): void;
  /** Whether it keeps this process from ending; at first it does. */
  hold(isHeld: boolean): void;
}

/**
 * The only way in which the plugin starts a process. It never throws, and what goes wrong later is an end with a reason:
 * nothing here may end the CMS. The child ends when this process does, as its file sees to.
 */
export function startChild<ToChild, FromChild>(file: string, options: ChildOptions<FromChild>): Child<ToChild> {
  let child: ChildProcess;
  try {
    child = forkFile(file, options);
  } catch (error) {
    // Some shortages are thrown (no memory), others come as an event (no descriptors).
    return neverStarted((error as Error).message);
  }
  const { pid } = child;
  if (pid !== undefined) lowerPriority(pid, options.urgent);

  const running = () => pid !== undefined && child.exitCode === null && child.signalCode === null;
  /** Without a pid, or when it has ended, the signal could reach another process, or this one's own group. */
  const kill = () => {
    if (running()) child.kill('SIGKILL');
  };
  const { signal } = options;
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted) kill();

  let stderr = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT);
    })
    .on('error', () => {}); // only its output is lost
  child.on('message', (message) => options.onMessage(message as FromChild));

  const ended = new Promise<ChildEnd>((resolve) => {
    let exit: ChildEnd | undefined;
    let disconnected = false;
    // Messages may still be on their way when the exit is known: the end is when both are over.
    const endWhenOver = () => {
      if (!exit || !disconnected) return;
      signal?.removeEventListener('abort', kill);
      resolve({ ...exit, how: [exit.how, stderr.trim()].filter(Boolean).join(': ') });
    };
    child.on('exit', (code, killedBy) => {
      exit = killedBy
        ? { how: `killed by ${killedBy}`, crashed: CRASHES.test(killedBy) }
        : { how: `ended with code ${code}`, crashed: code !== 0 };
      endWhenOver();
    });
    child.on('disconnect', () => {
      disconnected = true;
      endWhenOver();
    });
    child.on('error', (error) => {
      if (pid !== undefined) return; // the end follows
      exit = { how: `could not be started: ${error.message}`, crashed: false };
      if (child.connected) child.disconnect();
      disconnected = true;
      endWhenOver();
    });
  });

  return {
    pid,
    get alive() {
      return running() && child.connected;
    },
    ended,
    send(message) {
      if (!running() || !child.connected) return;
      child.send(message as Serializable, (error) => {
        // It waits for a message that will not come.
        if (error) kill();
      });
    },
    kill,
    disconnect() {
      if (child.connected) child.disconnect();
    },
    hold(held) {
      const change = held ? 'ref' : 'unref';
      child[change]();
      child.channel?.[change]();
    },
  };
}

function forkFile(file: string, { env, heapMb, stderr }: ChildOptions<never>): ChildProcess {
  const seen = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  return fork(file, {
    env: { ...env, ...Object.fromEntries(seen) },
    // Never this process' own: after `node -e` the child would run that code instead of its file, and start the next one.
    execArgv: [...loaderFor(file), ...(heapMb ? [`--max-old-space-size=${heapMb}`] : [])],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', stderr === 'keep' ? 'pipe' : (stderr ?? 'ignore'), 'ipc'],
  });
}

/** In development the files are TypeScript. */
function loaderFor(file: string): string[] {
  return extname(file) === '.ts' ? ['--import', pathToFileURL(require.resolve('tsx')).href] : [];
}

/** At once, before it has threads: on Linux a thread inherits the priority of the one that starts it. */
function lowerPriority(pid: number, urgent = false): void {
  try {
    os.setPriority(pid, urgent ? PRIORITY_BELOW_NORMAL : PRIORITY_LOW);
  } catch {
    // Some containers forbid it; the child then competes with this process.
  }
}

function neverStarted(problem: string): Child<unknown> {
  const nothing = () => {};
  const ended = Promise.resolve({ how: `could not be started: ${problem}`, crashed: false });
  return { alive: false, ended, send: nothing, kill: nothing, disconnect: nothing, hold: nothing };
}
