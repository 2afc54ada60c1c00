import { growingDelay } from '../../growing-delay';
import type { Logger, Space } from '../../ports';
import { type Address, createCalls } from './call';
import { createOutbox, type Task } from './outbox';
import type { MachineHealth } from './wire';

export interface MachineOptions extends Address {
  space: Space;
  /** Largest picture, in bytes; the machine's own limit holds, too. */
  maxBytes: number;
  logger?: Logger;
  /** It has room, or has none any more. */
  onChange(): void;
  /** What it could not work on, through no fault of the pictures. */
  giveBack(tasks: Task[]): void;
}

export interface Machine {
  /** Host and port. */
  readonly name: string;
  /** What it said of itself last; undefined until it has answered. */
  readonly health: MachineHealth | undefined;
  readonly usable: boolean;
  /** Why it is not usable. */
  readonly problem: string | undefined;
  /** How often it went. */
  readonly losses: number;
  /** Resolves when it is known whether it can be used. */
  readonly checked: Promise<void>;
  /** Pictures that it can take now. */
  room(): number;
  /** Pictures that it has. */
  readonly outstanding: number;
  take(task: Task): void;
  close(): Promise<void>;
}

/** Between two checks of a machine that answers. */
const CHECK_MS = 2_000;
/** After a failure; doubles from then on. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** One machine of `embedders`: whether it answers, and what it has to do. It is asked for its health all the time. */
export function createMachine(options: MachineOptions): Machine {
  const { space, maxBytes, logger, onChange, giveBack } = options;
  const name = new URL(options.url).host;
  const calls = createCalls(options, space);
  let closed = false;
  let health: MachineHealth | undefined;
  let usable = false;
  let problem: string | undefined;
  let losses = 0;
  let failures = 0;
  let outstanding = 0;
  let busy = false;
  let timer: NodeJS.Timeout | undefined;

  const outbox = createOutbox({
    calls,
    limits: () => ({
      batchSize: health?.batchSize ?? 1,
      maxBytes: Math.min(maxBytes, health?.maxBytes ?? maxBytes),
    }),
    onWorked() {
      failures = 0;
    },
    onLost: lost,
    onBusy: rest,
    giveBack,
    onDone(count) {
      outstanding -= count;
      onChange();
    },
  });

  async function check(): Promise<void> {
    clearTimeout(timer);
    try {
      health = await calls.health();
    } catch (error) {
      failed((error as Error).message);
      // Whatever it still has, it may have for ever.
      outbox.abort();
      return;
    }
    const { state, problem: own, space: its } = health;
    if (its !== space.id) failed(`it makes vectors of ${its}, and ${space.id} is needed`);
    else if (state === 'broken') failed(own ?? 'its embedder cannot run');
    else {
      answers(health);
      checkAfter(CHECK_MS);
    }
  }

  function checkAfter(delay: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(check, delay).unref();
  }

  function answers({ engine, device }: MachineHealth): void {
    if (usable) return;
    usable = true;
    problem = undefined;
    logger?.info(`The embedder at ${name} answers: ${engine} on ${device}.`);
    onChange();
  }

  function failed(why: string): void {
    if (closed) return;
    if (usable) losses++;
    usable = false;
    failures++;
    if (problem !== why) {
      problem = why;
      logger?.warn(`The embedder at ${name} is not used, and is asked again: ${why}.`);
    }
    checkAfter(growingDelay(failures, FIRST_RETRY_MS, LAST_RETRY_MS));
    onChange();
  }

  /** Of several requests that fail together, one counts. */
  function lost(why: string): void {
    if (usable) failed(why);
  }

  function rest(ms: number): void {
    busy = true;
    setTimeout(() => {
      busy = false;
      onChange();
    }, ms).unref();
  }

  return {
    name,
    get health() {
      return health;
    },
    get usable() {
      return usable;
    },
    get problem() {
      return problem;
    },
    get losses() {
      return losses;
    },
    get outstanding() {
      return outstanding;
    },
    checked: check(),
    room: () => (usable && health && !busy ? Math.max(health.capacity - outstanding, 0) : 0),
    take(task) {
      outstanding++;
      outbox.add(task);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await calls.close();
    },
  };
}
