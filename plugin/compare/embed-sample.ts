import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from '../errors';
import { faultPoint } from '../fault-point';
import type { Embedder, FileId, Logger, MediaSource, Space } from '../ports';
import { encodeFloat16 } from '../vectors/float16';
import { readVectors, type SampleVectors, writeVectors } from './vector-file';

/** What embeds with the other model, once that is there. */
export interface OtherModel {
  media: Pick<MediaSource, 'open'>;
  /** Downloads the model if it has to, and starts the process. @throws SimilarError why it cannot be had */
  open(): Promise<Embedder>;
  close(): Promise<void>;
}

export interface EmbedSampleOptions {
  comparison: string;
  space: Space;
  sample: readonly FileId[];
  file: string;
  model: OtherModel;
  logger: Logger;
  /** Whether nothing else wants the cores. */
  mayWork(): Promise<boolean>;
  /** The file holds this much. */
  onProgress(progress: Pick<SampleVectors, 'embedMs'> & { done: number; failed: number }): Promise<void>;
  signal: AbortSignal;
  /** Interval between checks whether there is room for work. */
  waitMs?: number;
}

/** Pictures between two writes of the file. */
export const WRITE_EVERY = 50;
const WAIT_MS = 500;

/** Without the path, which is not for everybody. */
export const unwritable = ({ code, message }: NodeJS.ErrnoException): SimilarError =>
  new SimilarError('FILE_UNREADABLE', `The state folder cannot be written (${code ?? message})`);

/** Embeds the pictures of a sample that the file does not have yet. @throws the signal's reason, or why the model cannot be used */
export async function embedSample(options: EmbedSampleOptions): Promise<void> {
  const { comparison, space, sample, file, model, logger, signal, waitMs = WAIT_MS } = options;
  const { dims } = space;
  const { vectors: known, problem } = await readVectors(file, comparison);
  if (problem) logger.warn(`The vectors of the comparison cannot be used and are made anew: ${problem}`);
  const fileIds = known?.fileIds ?? [];
  const failed = known?.failed ?? [];
  const rows = new Uint16Array(sample.length * dims);
  if (known) rows.set(known.rows);
  let embedMs = known?.embedMs ?? 0;
  const seen = new Set([...fileIds, ...failed]);
  const rest = sample.filter((id) => !seen.has(id));
  if (seen.size > 0) logger.info(`The comparison goes on at ${seen.size} of ${sample.length} pictures`);

  async function turn(): Promise<void> {
    while (!(await options.mayWork())) await sleep(waitMs, undefined, { signal, ref: false });
    signal.throwIfAborted();
  }

  const report = () => options.onProgress({ done: fileIds.length + failed.length, failed: failed.length, embedMs });

  async function save(): Promise<void> {
    const vectors = { comparison, space: space.id, dims, fileIds, failed, embedMs };
    await writeVectors(file, { ...vectors, rows: rows.subarray(0, fileIds.length * dims) }).catch((error) => {
      throw unwritable(error);
    });
    faultPoint('compared');
    await report();
  }

  async function embedOne(embedder: Embedder, fileId: FileId): Promise<void> {
    const vector = await vectorOf(model.media, embedder, fileId);
    if (!vector) return void failed.push(fileId);
    rows.set(encodeFloat16(vector), fileIds.length * dims);
    fileIds.push(fileId);
  }

  await report();
  if (rest.length === 0) return;
  await turn();
  const embedder = await model.open();
  let unsaved = 0;
  for (let at = 0; at < rest.length; ) {
    await turn();
    const slice = rest.slice(at, at + Math.min(embedder.capacity, WRITE_EVERY - unsaved));
    at += slice.length;
    const began = performance.now();
    const outcomes = await Promise.allSettled(slice.map((id) => embedOne(embedder, id)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    embedMs += performance.now() - began;
    unsaved += slice.length;
    if (unsaved < WRITE_EVERY && at < rest.length) continue;
    await save();
    unsaved = 0;
  }
}

/** Undefined: the picture is the reason why there is none. */
async function vectorOf(
  media: OtherModel['media'],
  embedder: Embedder,
  fileId: FileId,
): Promise<Float32Array | undefined> {
  const opened = await media.open(fileId).catch((error) => {
    if (error instanceof SimilarError) return undefined;
    throw error;
  });
  if (!opened) return undefined;
  try {
    const result = await embedder.embed(opened.path);
    return result.ok ? result.vector : undefined;
  } finally {
    await opened.close();
  }
}
