import { SimilarError } from '../errors';
import type { Embedder, ExplainResult, FileId, MediaSource } from '../ports';

type Explained = Extract<ExplainResult, { ok: true }>;

/** Explanations that are kept: about 100 kB each. */
const KEPT = 200;

export interface Explainer {
  /** What is kept of two pictures whose bytes are those that were embedded; nothing is read for it. */
  known(query: FileId, result: FileId): Promise<Explained | undefined>;
  /** @throws SimilarError with a picture's code, `NOT_FOUND` or `EMBEDDER_UNAVAILABLE`. */
  explain(query: FileId, result: FileId): Promise<Explained>;
}

export interface ExplainerDeps {
  media: Pick<MediaSource, 'open'>;
  /** `OpenedMedia.digest` of what was embedded; what has none is missing. */
  digests(fileIds: readonly FileId[]): Promise<ReadonlyMap<FileId, string>>;
  explain: Embedder['explain'];
}

/** Explains pairs of the library's pictures; the same bytes are explained once. */
export function createExplainer({ media, digests, explain }: ExplainerDeps): Explainer {
  const kept = new Map<string, Explained>();

  async function open(fileId: FileId, holdsOther = false) {
    const opened = await media.open(fileId, { holdsOther });
    if (!opened) throw new SimilarError('NOT_FOUND', `Picture ${fileId} is no longer in the media library`);
    return opened;
  }

  function keep(key: string, explained: Explained): void {
    kept.delete(key);
    kept.set(key, explained);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
  }

  return {
    async known(query, result) {
      if (kept.size === 0) return undefined;
      const found = await digests([query, result]);
      return kept.get(`${found.get(query)} ${found.get(result)}`);
    },

    async explain(query, result) {
      const first = await open(query);
      try {
        const second = await open(result, true);
        try {
          const key = `${first.digest} ${second.digest}`;
          const known = kept.get(key);
          if (known) return known;
          const explained = await explain(first.path, second.path);
          if (!explained.ok) throw new SimilarError(explained.code, explained.reason);
          keep(key, explained);
          return explained;
        } finally {
          await second.close();
        }
      } finally {
        await first.close();
      }
    },
  };
}
