import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../files/atomic-file';
import { userCacheDir } from '../files/user-cache';
import type { SpaceId } from '../ports';

/**
 * Vectors of one folder and space, by the SHA-256 of the picture's bytes, so that a second run embeds only what is new.
 * File: SHA-256 of the rest (32 bytes), then per picture its digest (32 bytes) and float32 vector. A file that is not whole,
 * or of other dimensions, counts as empty; a cache that cannot be written is not an error.
 */
export interface VectorCache {
  get(digest: string): Float32Array | undefined;
  set(digest: string, vector: Float32Array): void;
  /** Writes what was read or set since `loadVectorCache`, so that pictures gone from the folder leave the cache. */
  save(): Promise<void>;
}

export function defaultCacheDir(): string {
  return join(userCacheDir(), 'strapi-plugin-similar', 'folders');
}

export async function loadVectorCache(
  cacheDir: string,
  folder: string,
  space: SpaceId,
  dims: number,
): Promise<VectorCache> {
  const name = createHash('sha256').update(`${folder}\0${space}\0${dims}`).digest('hex').slice(0, 32);
  const file = join(cacheDir, `${name}.vectors`);
  const known = parse(await readFile(file).catch(() => Buffer.alloc(0)), dims);
  const used = new Map<string, Float32Array>();
  let added = false;
  return {
    get(digest) {
      const vector = known.get(digest);
      if (vector) used.set(digest, vector);
      return vector;
    },
    set(digest, vector) {
      used.set(digest, vector);
      added = true;
    },
    async save() {
      if (!added && used.size === known.size) return;
      const content = serialise(used);
      await writeAtomic(file, (handle) => handle.writeFile(content)).catch(() => {});
      added = false;
    },
  };
}

function parse(content: Buffer, dims: number): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>();
  const body = content.subarray(32);
  const record = 32 + dims * 4;
  const whole = createHash('sha256').update(body).digest().equals(content.subarray(0, 32));
  if (!whole || body.length % record !== 0) return vectors;
  for (let at = 0; at < body.length; at += record) {
    const bytes = Uint8Array.from(body.subarray(at + 32, at + record)); // a copy: float32 needs aligned bytes
    vectors.set(body.toString('hex', at, at + 32), new Float32Array(bytes.buffer));
  }
  return vectors;
}

function serialise(vectors: Map<string, Float32Array>): Buffer {
  const parts: Buffer[] = [];
  for (const [digest, vector] of vectors) {
    parts.push(Buffer.from(digest, 'hex'), Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}
