import { randomUUID } from 'node:crypto';
import { realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, expected, SimilarError } from '../errors';
import { sha256Of } from '../files/sha256';
import type { Embedder, EmbedFailure, EmbedResult, StoredVector, VectorIndex } from '../ports';
import { encodeFloat16 } from '../vectors/float16';
import { findPictures, type Skipped, unreadable } from './find-pictures';
import { loadVectorCache, type VectorCache } from './vector-cache';

export interface FolderMatch {
  /** The folder as it was given, joined with the picture's place in it. */
  path: string;
  /** Cosine, −1…1. */
  similarity: number;
}

export interface FolderFailure {
  path: string;
  state: EmbedFailure['state'];
  code: string;
  reason: string;
}

export interface FolderProgress {
  total: number;
  /** Pictures with an outcome, failures included. */
  done: number;
  failed: number;
}

/** A folder of pictures that can be searched by picture. */
export interface FolderLibrary {
  readonly model: string;
  readonly space: string;
  /** The device that is really used, once a picture was embedded. */
  readonly device: string;
  /** Pictures that can be found. */
  readonly size: number;
  readonly failures: readonly FolderFailure[];
  /** What was not looked into. */
  readonly skipped: readonly Skipped[];
  /**
   * The `n` pictures of the folder nearest to `image` (a path, or the bytes of a picture), best first. The file itself is left out.
   * @throws SimilarError `FILE_UNREADABLE`, or the picture code that says why `image` cannot be embedded.
   */
  fetchMostSimilar(image: string | Buffer, n?: number): Promise<FolderMatch[]>;
  close(): Promise<void>;
}

export interface LibraryParts {
  embedder: Embedder;
  index: VectorIndex;
  /** Folder for vectors of earlier runs; `false`: none. */
  cacheDir: string | false;
  onProgress?(progress: FolderProgress): void;
  /** Ends embedding early; what was embedded until then is in the cache. */
  signal?: AbortSignal;
}

/** @throws SimilarError `FILE_UNREADABLE`, `NO_PICTURES`, `EMBEDDER_UNAVAILABLE`. */
export async function createLibrary(
  dir: string,
  { embedder, index, cacheDir, onProgress, signal }: LibraryParts,
): Promise<FolderLibrary> {
  const { pictures: paths, skipped } = await findPictures(dir);
  if (paths.length === 0) throw new SimilarError('NO_PICTURES', `No pictures in ${dir}`);
  const { id: space, model, dims } = embedder.space;
  const cache = cacheDir === false ? undefined : await loadVectorCache(cacheDir, await realpath(dir), space, dims);
  const failures: FolderFailure[] = [];
  const byDigest = new Map<string, Promise<EmbedResult>>();
  const vectors: StoredVector[] = [];
  let done = 0;

  async function take(path: string, position: number) {
    signal?.throwIfAborted();
    const result = await embedFile(path, embedder, cache, byDigest);
    if (result.ok) vectors.push({ fileId: position + 1, seq: position + 1, vector: encodeFloat16(result.vector) });
    else failures.push({ path, state: result.state, code: result.code, reason: result.reason });
    done += 1;
    onProgress?.({ total: paths.length, done, failed: failures.length });
  }

  try {
    await eachOf(paths, embedder.capacity, take);
  } finally {
    await cache?.save();
  }
  await index.open(embedder.space);
  await index.put(vectors.sort((a, b) => a.seq - b.seq));

  return {
    model,
    space,
    get device() {
      return embedder.status().device;
    },
    size: vectors.length,
    failures: failures.sort((a, b) => (a.path < b.path ? -1 : 1)),
    skipped,
    async fetchMostSimilar(image, n = 7) {
      if (!Number.isInteger(n) || n < 1) throw expected('a whole number of at least 1', 'n', n);
      const vector = await embedQuery(
        image,
        embedder,
        async (digest) => cache?.get(digest) ?? (await byDigest.get(digest)),
      );
      const self = typeof image === 'string' ? await realpath(image) : undefined;
      const matches: FolderMatch[] = [];
      // Through links, several paths of the folder can be the query file: fetch until n others are found.
      for (let k = n + 1; matches.length < n; k *= 2) {
        const nearest = await index.search(vector, k);
        matches.length = 0;
        for (const { fileId, similarity } of nearest) {
          const path = paths[fileId - 1];
          if (self === undefined || (await realpath(path).catch(() => path)) !== self)
            matches.push({ path, similarity });
        }
        if (nearest.length < k) break;
      }
      return matches.slice(0, n);
    },
    async close() {
      await Promise.all([embedder.close(), index.close()]);
    },
  };
}

/** Identical bytes are embedded once, whether they come twice in the folder or were there in an earlier run. */
async function embedFile(
  path: string,
  embedder: Embedder,
  cache: VectorCache | undefined,
  byDigest: Map<string, Promise<EmbedResult>>,
): Promise<EmbedResult> {
  let digest: string;
  try {
    digest = await sha256Of(path);
  } catch (error) {
    const { message: reason } = unreadable('picture', path, error as NodeJS.ErrnoException);
    return { ok: false, state: 'failed', code: 'FILE_UNREADABLE', reason };
  }
  const known = cache?.get(digest);
  if (known) return { ok: true, vector: known };
  let pending = byDigest.get(digest);
  if (!pending) {
    pending = embedder.embed(path);
    byDigest.set(digest, pending);
  }
  const result = await pending;
  if (result.ok) cache?.set(digest, result.vector);
  return result;
}

type Known = (digest: string) => Promise<Float32Array | EmbedResult | undefined>;

/** @param knownOf vectors of the folder: a picture that is in it is not embedded again. */
async function embedQuery(image: string | Buffer, embedder: Embedder, knownOf: Known): Promise<Float32Array> {
  const path = typeof image === 'string' ? image : join(tmpdir(), `similar-${randomUUID()}`);
  try {
    if (typeof image === 'string') {
      const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
        throw unreadable('picture', path, error);
      });
      if (!info.isFile()) throw new SimilarError('FILE_UNREADABLE', `Not a file: ${path}`);
    } else {
      await writeFile(path, image, { mode: 0o600, flag: 'wx' });
    }
    const known = await knownOf(await sha256Of(path));
    if (known instanceof Float32Array) return known;
    const result = known ?? (await embedder.embed(path));
    if (result.ok) return result.vector;
    throw new SimilarError(
      result.code as ErrorCode,
      typeof image === 'string' ? `${path}: ${result.reason}` : result.reason,
    );
  } finally {
    if (typeof image !== 'string') await rm(path, { force: true });
  }
}

/** Runs `work` on every item, at most `width` at a time. After a failure what runs is waited for, and nothing new begun. */
async function eachOf<T>(
  items: readonly T[],
  width: number,
  work: (item: T, position: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && !failure) {
      const position = next++;
      await work(items[position], position).catch((error) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure) throw failure.error;
}
