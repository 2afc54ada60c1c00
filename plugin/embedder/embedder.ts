import { availableParallelism } from 'node:os';
import { configSchema, type SimilarConfig } from '../contracts/config';
import type { ResolvedModel } from '../models/model';
import { spaceOf } from '../models/space';
import type { Embedder, Logger, Space } from '../ports';
import { PROCESS_FILE } from './child';
import { createExplanations } from './explanations';
import { createPicture, engineFailed, type Picture, recordCrash, setPhase, unavailable } from './picture';
import type { FromProcess } from './protocol';
import { crashed, outOfMemory, timedOut } from './reasons';
import { type EndCause, superviseProcess } from './supervisor';

export interface EmbedderOptions {
  model: ResolvedModel;
  /** Default: the model's own. */
  space?: Space;
  /** Name of the engine; by default the fastest that works here. */
  engine?: string;
  /** Threads of one run. Default: all cores. */
  threads?: number;
  /** Pictures of one run, at most. */
  batchSize?: number;
  /** Pictures decoded at once. Default: one per core, from 2 to 8. */
  decoders?: number;
  limits?: SimilarConfig['limits'];
  logger?: Logger;
  /** Entry of the process; another one only where decoders are made to crash and hang. */
  processFile?: string;
}

const CHECK_MS = 250;
/** sharp's own timeout comes first, and costs no process. */
const GRACE_MS = 1_500;
/** Longest time between two signs of life while the engine has work. */
const SILENCE_MS = 60_000;
const DRAIN_MS = 5_000;

/** Failures that a neighbour may have caused: they count only when they come again without one. */
const TRIED_AGAIN = new Set(['DECODER_TIMEOUT', 'DECODER_MEMORY']);

/** Pictures that keep decoders and engine busy. */
export const capacityOf = (batchSize: number): number => 4 * batchSize;

/** Embeds pictures in a child process, so that none of them can end, block or slow this one. */
export function createEmbedder(options: EmbedderOptions): Embedder {
  const { model, engine = 'auto', batchSize = 8, logger, processFile: file = PROCESS_FILE } = options;
  const cores = availableParallelism();
  const { threads = cores, decoders = Math.min(Math.max(cores, 2), 8) } = options;
  const limits = options.limits ?? configSchema.parse({}).limits;
  const capacity = capacityOf(batchSize);

  const waiting: Picture[] = [];
  const toRetryAlone: Picture[] = [];
  const inFlight = new Map<number, Picture>();
  let nextId = 1;
  let lastMessage = 0;
  let hungBefore = false;
  let onEmpty: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  const explanations = createExplanations();
  const supervisor = superviseProcess({
    file,
    process: { model, engine, threads, batchSize, decoders, limits },
    logger,
    onReady: sendWaiting,
    onMessage,
    onEnd,
    onBroken: (problem) => rejectAll(problem),
  });
  const { status } = supervisor;
  const watchdog = setInterval(endHungProcess, CHECK_MS);
  watchdog.unref();

  /** Those that must be alone go one at a time, before all others. */
  function sendWaiting(): void {
    if (status.state !== 'ready') return;
    if (toRetryAlone.length > 0) {
      if (inFlight.size === 0) send(toRetryAlone.shift()!);
      return;
    }
    for (const { mustBeAlone } of inFlight.values()) if (mustBeAlone) return;
    while (waiting.length > 0 && inFlight.size < capacity) send(waiting.shift()!);
  }

  function send(picture: Picture): void {
    inFlight.set(picture.id, picture);
    setPhase(picture, 'sent');
    const { id, path, crop, untrusted } = picture;
    supervisor.embed({ id, path, crop, ...untrusted });
  }

  function onMessage(message: FromProcess): void {
    lastMessage = performance.now();
    if (message.type === 'results') {
      for (const { id, result } of message.results) {
        const picture = inFlight.get(id);
        if (!picture) continue;
        const alone = inFlight.size === 1;
        inFlight.delete(id);
        if (result.ok) picture.resolve({ ...result, vector: ownMemory(result.vector) });
        else if (!TRIED_AGAIN.has(result.code)) picture.resolve(result);
        else if (!recordCrash(picture, result, alone)) retryAlone(picture);
      }
      sendWaiting();
      if (inFlight.size === 0) onEmpty?.();
    } else if (message.type === 'explained') {
      explanations.settle(message.id, message.result);
    } else if (message.type === 'waiting' || message.type === 'decoding' || message.type === 'decoded') {
      const picture = inFlight.get(message.id);
      if (picture) setPhase(picture, message.type === 'waiting' ? 'sent' : message.type);
    }
  }

  function onEnd(cause: EndCause, problem: string): void {
    explanations.end(problem);
    const pictures = [...inFlight.values()];
    inFlight.clear();
    if (status.state === 'closed') {
      for (const picture of pictures) picture.reject(unavailable(problem));
      onEmpty?.();
      return;
    }
    const alone = pictures.length === 1;
    const crashedTogether: Picture[] = [];
    for (const picture of pictures) {
      const blamed = cause === 'hang' ? isOverdue(picture) : picture.phase === 'decoding';
      if (blamed || (alone && picture.phase === 'sent')) {
        if (!recordCrash(picture, failureOf(cause), alone)) crashedTogether.push(picture);
      } else if (!alone || !engineFailed(picture, problem)) retryAlone(picture);
    }
    // Last: each of them may cost another process.
    crashedTogether.forEach(retryAlone);
  }

  function retryAlone(picture: Picture): void {
    picture.mustBeAlone = true;
    toRetryAlone.push(picture);
  }

  function failureOf(cause: EndCause) {
    if (cause === 'hang') return timedOut(limits.timeoutMs);
    return cause === 'memory' ? outOfMemory(limits.memoryMb) : crashed();
  }

  function isOverdue({ phase, since }: Picture): boolean {
    return phase === 'decoding' && performance.now() - since > limits.timeoutMs + GRACE_MS;
  }

  /** Acts on the second look only: after this process itself was blocked, the messages come between the two. */
  function endHungProcess(): void {
    const pictures = [...inFlight.values()];
    const silent = pictures.some(({ phase }) => phase === 'decoded') && performance.now() - lastMessage > SILENCE_MS;
    const hangs = silent || pictures.some(isOverdue);
    if (hangs && hungBefore) supervisor.kill();
    hungBefore = hangs && !hungBefore;
  }

  function rejectAll(problem: string): void {
    for (const picture of [...toRetryAlone.splice(0), ...waiting.splice(0)]) picture.reject(unavailable(problem));
  }

  /** Pictures in the process get their result, as long as that does not take long. */
  async function close(): Promise<void> {
    status.state = 'closed';
    rejectAll('it was closed.');
    if (inFlight.size > 0) {
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
        setTimeout(resolve, DRAIN_MS).unref();
      });
    }
    clearInterval(watchdog);
    await supervisor.close();
    rejectAll('it was closed.');
  }

  return {
    space: options.space ?? spaceOf(model),
    capacity,
    embed(path, options = {}) {
      return new Promise((resolve, reject) => {
        if (status.state === 'closed') reject(unavailable('it was closed.'));
        else if (status.state === 'broken') reject(unavailable(status.problem ?? 'the reason is in the log.'));
        else {
          const picture = createPicture(nextId++, path, options, { resolve, reject });
          if (options.urgent) waiting.unshift(picture);
          else waiting.push(picture);
          sendWaiting();
        }
      });
    },
    explain: (query, result) =>
      explanations.ask((id) => supervisor.explain(id, [query, result]), status.problem ?? 'it is being started.'),
    status: () => ({ ...status }),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** A vector that came as a view into a larger message would keep the whole message alive. */
function ownMemory(vector: Float32Array): Float32Array {
  return vector.byteLength === vector.buffer.byteLength ? vector : vector.slice();
}
