import { type ErrorCode, SimilarError } from '../errors';
import type { ResolvedModel } from '../models/model';
import type { FileId, Logger, MediaSource, Records, SpaceId } from '../ports';
import { shuffled } from '../spaces/shuffled';
import { cosine } from '../vectors/cosine';
import { int8File } from './model-file';
import type { Quantiser } from './quantiser';
import type { Ranges } from './ranges';
import { type Measured, refusal } from './verdict';

/** What all nodes agree on, so that their int8 models are the same and their vectors can be compared. */
interface Agreed {
  /** SHA-256 of the fp32 file. */
  source: string;
  ranges: Ranges;
  measured: Measured;
  /** What the model makes of one picture where it was tried. */
  probe: number[];
}

export interface Int8Options {
  space: SpaceId;
  media: MediaSource;
  records: Records;
  cacheDir?: string;
  logger: Logger;
  signal: AbortSignal;
  /** Pictures that ended the process before: they are left out. Kept by the caller from attempt to attempt. */
  harmful: Set<FileId>;
  open(): Quantiser;
}

/** Why the int8 model of a space is not used. */
export interface Int8Rejection {
  /** It may be later. */
  pending: boolean;
  reason: string;
}

const REJECTIONS = new Set<ErrorCode>(['CALIBRATION_PENDING', 'PRECISION_REFUSED', 'NOT_QUANTISABLE']);

/** @returns undefined for errors that say nothing of int8. */
export function int8RejectionOf(error: unknown): Int8Rejection | undefined {
  if (!(error instanceof SimilarError && REJECTIONS.has(error.code))) return undefined;
  return { pending: error.code === 'CALIBRATION_PENDING', reason: error.message };
}

/** Pictures that tell the ranges; more of them changed nothing (docs/decisions/8-int8.md). */
export const CALIBRATION_PICTURES = 100;
const FEWEST_PICTURES = 200;
const MOST_PICTURES = 400;
const PAGE = 1_000;
/** Integers are computed alike everywhere, but for CPUs whose 16-bit sums overflow. */
const LEAST_PROBE = 0.999;

/**
 * The int8 model of a space. The first node that needs it measures the ranges on pictures of the library, the others take its.
 * @throws SimilarError `CALIBRATION_PENDING` when there are too few pictures, `PRECISION_REFUSED` when it is not worth it.
 */
export async function int8Model(fp32: ResolvedModel, options: Int8Options): Promise<ResolvedModel> {
  const { records, space } = options;
  const name = `int8/${space}`;
  for (;;) {
    const found = await records.read<Agreed>(name);
    if (found?.value.source === fp32.sha256) return fromAgreed(fp32, found.value, options);
    const agreed = await tryOut(fp32, options);
    await records.write(name, agreed, found?.revision ?? 0);
  }
}

/** @throws SimilarError `PRECISION_REFUSED` where another kind of CPU would compute other vectors. */
async function fromAgreed(
  fp32: ResolvedModel,
  { ranges, probe }: Agreed,
  options: Int8Options,
): Promise<ResolvedModel> {
  const quantiser = options.open();
  try {
    const model = await int8File(fp32, ranges, { cacheDir: options.cacheDir, quantiser });
    const likeness = cosine(await quantiser.probe(model.path), Float32Array.from(probe));
    if (likeness >= LEAST_PROBE) return model;
    const text = `The int8 model of ${fp32.name} computes different vectors on this CPU from those where it was made (cosine ${likeness.toFixed(4)})`;
    throw new SimilarError('PRECISION_REFUSED', text);
  } finally {
    quantiser.close();
  }
}

async function tryOut(fp32: ResolvedModel, options: Int8Options): Promise<Agreed> {
  const ids = await pictureIds(options.media, options.signal);
  if (ids.length < FEWEST_PICTURES) throw tooFew(ids.length);
  const quantiser = options.open();
  try {
    await addPictures(quantiser, shuffled(ids), options);
    const { ranges, measured, probe } = await quantiser.measure();
    const { kept, cosine, speed, pictures } = measured;
    const seen = `likeness kept ${kept.toFixed(4)}, cosine ${cosine.toFixed(4)}, ${speed.toFixed(2)} times as fast, ${pictures} pictures`;
    const why = refusal(measured);
    if (why)
      throw new SimilarError('PRECISION_REFUSED', `The int8 model of ${fp32.name} is not used: ${why} (${seen})`);
    options.logger.info(`The int8 model of ${fp32.name} is used: ${seen}`);
    return {
      source: fp32.sha256,
      ranges,
      measured,
      probe: Array.from(probe, (value) => Math.round(value * 1e4) / 1e4),
    };
  } finally {
    quantiser.close();
  }
}

async function addPictures(quantiser: Quantiser, ids: FileId[], { media, harmful, signal }: Int8Options) {
  let added = 0;
  for (const id of ids) {
    if (added === MOST_PICTURES) return;
    signal.throwIfAborted();
    if (harmful.has(id)) continue;
    const opened = await media.open(id).catch(() => undefined);
    if (!opened) continue;
    try {
      if (await quantiser.add(opened.path)) added++;
    } catch (error) {
      harmful.add(id);
      throw error;
    } finally {
      await opened.close();
    }
  }
  if (added < FEWEST_PICTURES) throw tooFew(added);
}

function tooFew(pictures: number): SimilarError {
  const text = `An int8 model needs at least ${FEWEST_PICTURES} pictures of the library, and there are ${pictures}`;
  return new SimilarError('CALIBRATION_PENDING', text);
}

async function pictureIds(media: MediaSource, signal: AbortSignal): Promise<FileId[]> {
  const ids: FileId[] = [];
  for (;;) {
    signal.throwIfAborted();
    const page = await media.list(ids.at(-1) ?? 0, PAGE);
    if (page.length === 0) return ids;
    ids.push(...page.map(({ id }) => id));
  }
}
