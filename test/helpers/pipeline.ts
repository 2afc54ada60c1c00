import knex, { type Knex } from 'knex';
import { SimilarError } from '../../plugin/errors';
import {
  type Embedder,
  type EmbedderStatus,
  type EmbedResult,
  type FileId,
  type Logger,
  type MediaSource,
  MISSING_STAMP,
  type Space,
  type VectorIndex,
} from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { createExactIndex } from '../../plugin/vector-index/exact';

export const SPACE: Space = { id: 'test@1/lanczos3', model: 'test', dims: 4 };

export const quiet: Logger = { info() {}, warn() {}, error() {}, debug() {} };

/** A library in memory: id → content. The stamp changes with the content. */
export class FakeMedia implements MediaSource {
  readonly files = new Map<FileId, string>();
  /** Thrown by `open`, once per entry. */
  readonly failures: Error[] = [];
  opened = 0;
  /** Stamps of pictures whose bytes cannot be seen now; undefined: they cannot even be looked at. */
  readonly unseen = new Map<FileId, string | undefined>();

  async list(afterId: FileId, limit: number) {
    const ids = [...this.files.keys()].filter((id) => id > afterId).sort((a, b) => a - b);
    return ids
      .slice(0, limit)
      .map((id) => ({ id, stamp: this.unseen.has(id) ? this.unseen.get(id) : `stamp of ${this.files.get(id)}` }));
  }

  async listed(ids: readonly FileId[]) {
    return new Set(ids.filter((id) => this.files.has(id)));
  }

  async here(ids: readonly FileId[]) {
    return new Set(ids.filter((id) => !this.unseen.has(id)));
  }

  async open(id: FileId) {
    this.opened++;
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (this.unseen.has(id)) {
      const stamp = this.unseen.get(id);
      throw new SimilarError(stamp === MISSING_STAMP ? 'BYTES_MISSING' : 'BYTES_UNREADABLE', 'not seen', { stamp });
    }
    const content = this.files.get(id);
    if (content === undefined) return undefined;
    const stamp = `stamp of ${content}`;
    return { path: content, digest: content, bytes: content.length, stamp, close: async () => {} };
  }
}

/** Embeds a path as the vector of its letters. */
export class FakeEmbedder implements Embedder {
  readonly space = SPACE;
  readonly capacity = 8;
  readonly embedded: string[] = [];
  /** Waited for before each picture. */
  gate: Promise<void> = Promise.resolve();
  /** No engine runs, although the state may say so only later. */
  down = false;
  /** path → result, instead of the vector. */
  readonly results = new Map<string, EmbedResult>();

  async embed(path: string): Promise<EmbedResult> {
    await this.gate;
    if (this.down) throw new SimilarError('EMBEDDER_UNAVAILABLE', 'no engine here');
    this.embedded.push(path);
    return this.results.get(path) ?? { ok: true, vector: vectorOf(path) };
  }

  async explain(): Promise<never> {
    throw new Error('not asked for');
  }

  state: EmbedderStatus['state'] = 'ready';
  /** How often it was asked for its state. */
  asked = 0;

  status() {
    this.asked++;
    return { engine: 'fake', device: 'cpu', state: this.state, restarts: 0, problem: 'no engine here' };
  }

  async close() {}
}

export function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(SPACE.dims).fill(0.1);
  for (const letter of text) vector[letter.charCodeAt(0) % SPACE.dims] += 1;
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** The real queue on SQLite in memory, an exact index, and fakes for the rest. */
export async function createParts() {
  const db: Knex = knex({
    client: 'better-sqlite3',
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  const store = createKnexStore(db);
  await store.open();
  const index: VectorIndex = createExactIndex();
  return { db, store, index, media: new FakeMedia(), embedder: new FakeEmbedder(), close: () => db.destroy() };
}

export type Parts = Awaited<ReturnType<typeof createParts>>;
