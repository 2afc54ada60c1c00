import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import { WakeUp } from '../../../plugin/pipeline/wake-up';
import type { Change, FileId, TopKey } from '../../../plugin/ports';
import { refOf } from '../../../plugin/ports';
import { matchedPictures } from '../../../plugin/search/neighbours';
import type { Similarity } from '../../../plugin/similarity';
import { createKnexRecords } from '../../../plugin/store/records';
import { createKnexTops } from '../../../plugin/store/tops';
import { readConfig } from '../config';
import { logOf } from '../util/log';
import { currentRequestId } from '../util/request-id';
import { rounded } from '../util/rounded';
import type { Affected } from './affected';
import type { Telling } from './telling';
import type { TopResults } from './tops';
import type { Webhook } from './webhook';

/** What all nodes know of how far the top results have been looked at. */
interface Looked {
  space: string;
  top: number;
  /** Whether files were looked at too; absent in records of earlier versions: no. */
  files?: boolean;
  /** Vectors up to this sequence number have been looked at. */
  seq: number;
  /** When all entries were, in milliseconds since 1970. */
  surveyedAt: number;
}

const RECORD = 'tops';
const PAGE = 500;
/** Time between two looks for what other nodes noted, while somebody listens, and while nobody does. */
const POLL_MS = 2_000;
const IDLE_MS = 30_000;
/** Changes without an end are told after so many times the quiet time. */
const PATIENCE = 6;
/** Then all entries are looked at again: what is far from everything can be missed by the look at neighbours. */
const SURVEY_MS = 24 * 3_600_000;

export interface ChangesDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  webhook: Webhook;
  affected: Affected;
  telling: Telling;
  topResults: TopResults;
}

/** Watches for what changes the top results of entries, and has it told when it has been quiet for a while. */
export function createChanges({ strapi, core, webhook, affected, telling, topResults }: ChangesDeps) {
  const records = createKnexRecords(strapi.db.connection);
  const tops = createKnexTops(strapi.db.connection);
  const wakeUp = new WakeUp();
  const log = logOf(strapi);
  let loop: Promise<void> | undefined;
  let stopped = false;
  let problem: string | undefined;
  /** What has been read of vectors and notes since the last look, and how long ago it came. */
  let seen = fresh();

  /** How many results count, and whether those of files do. */
  const wanted = () => {
    const { webhook: to, api } = readConfig(strapi);
    return { top: to.top ?? api.defaultLimit, files: to.files };
  };
  type Wanted = ReturnType<typeof wanted>;

  const isAsWanted = (looked: Looked, { top, files }: Wanted) => looked.top === top && !!looked.files === files;

  /** Reads what is new since the last time. */
  async function read(seq: number): Promise<void> {
    const before = seen.news;
    seen.seq = Math.max(seen.seq, seq);
    for (;;) {
      const stored = await core().storedSince(seen.seq, PAGE);
      for (const { fileId } of stored) seen.files.add(fileId);
      seen.seq = stored.at(-1)?.seq ?? seen.seq;
      seen.news += stored.length;
      if (stored.length < PAGE) break;
    }
    for (;;) {
      const noted = await tops.noted(seen.notes.at(-1) ?? 0, PAGE);
      for (const { id, type, target } of noted) {
        seen.notes.push(id);
        if (type === '*') seen.everything = true;
        else if (type === 'file') seen.files.add(Number(target));
        else seen.entries.add(target);
      }
      seen.news += noted.length;
      if (noted.length < PAGE) break;
    }
    if (seen.news > before) {
      seen.last = Date.now();
      seen.first ??= seen.last;
    }
  }

  /** Compares the top results of an entry or a file with those last known. */
  async function look(key: TopKey, top: number, news: 'all' | 'known' | 'none'): Promise<void> {
    try {
      const found = await topResults.of(key, top);
      const shown = found.filter(({ source }) => source !== 'fallback');
      const results = shown.map(({ documentId, source, similarity }) => ({
        documentId,
        source,
        similarity: rounded(similarity, 3),
      }));
      const pictures = shown.flatMap(({ match }) => (match ? matchedPictures(match) : []));
      const refs = [key.documentId, ...results.map(({ documentId }) => documentId), ...pictures.map(refOf)];
      await tops.put({ ...key, results }, [...new Set(refs)], news);
    } catch (error) {
      if (!(error instanceof SimilarError) || error.code !== 'NOT_FOUND') throw error;
      await tops.drop(key);
    }
  }

  async function lookAtAll(scope: Wanted, looked: Looked | null): Promise<void> {
    // What nobody knew before is no news, nor is it that others count now.
    const news = looked && !isAsWanted(looked, scope) ? 'none' : looked ? 'all' : 'known';
    const { keys, fileKeys } = topResults;
    for (const source of [keys(), ...(scope.files ? [fileKeys()] : [])]) {
      for await (const key of source) {
        if (stopped) return;
        await look(key, scope.top, news);
      }
    }
  }

  /** One round: reads what is new, looks at what it concerns once it is quiet, tells. @returns when to come again, in ms. */
  async function round(): Promise<number> {
    await core().opened();
    const found = await records.read<Looked | null>(RECORD);
    const looked = found?.value ?? null;
    if (!readConfig(strapi).indexing || (await webhook.isOff())) {
      // What happens now is not noted: when somebody listens again, everything is looked at.
      if (looked) await records.write(RECORD, null, found?.revision ?? 0);
      seen = fresh();
      return IDLE_MS;
    }
    const { debounceMs } = readConfig(strapi).webhook;
    const next = await lookAround(looked, debounceMs);
    if (stopped) return 0;
    if (next) {
      // Another node may have been faster: what it has not seen is looked at once more.
      await records.write(RECORD, next, found?.revision ?? 0);
      await tops.settle(seen.notes);
      seen = fresh();
    }
    await telling.all(tops, () => stopped);
    return Math.min(POLL_MS, Math.max(debounceMs, 100));
  }

  /** @returns how far everything has been looked at, or undefined while it is not quiet or the library is not complete. */
  async function lookAround(looked: Looked | null, debounceMs: number): Promise<Looked | undefined> {
    const [scope, space, now] = [wanted(), core().space.id, Date.now()];
    const isOther = looked?.space !== space || !isAsWanted(looked, scope);
    if (!isOther) await read(looked.seq);
    const whole = isOther || seen.everything || now - looked.surveyedAt >= SURVEY_MS;
    const quiet = now - seen.last >= debounceMs || now - (seen.first ?? now) >= PATIENCE * debounceMs;
    if (!(whole || seen.news > 0) || !quiet || !(await core().complete())) return undefined;
    if (!whole) {
      for (const key of await affected.by(seen, scope, tops)) {
        if (!stopped) await look(key, scope.top, 'all');
      }
      return { ...looked, seq: seen.seq };
    }
    const seq = isOther ? await core().lastSeq() : seen.seq;
    await lookAtAll(scope, looked);
    return { space, ...scope, seq, surveyedAt: now };
  }

  async function run(): Promise<void> {
    while (!stopped) {
      wakeUp.clear();
      let wait = IDLE_MS;
      try {
        wait = await round();
        problem = undefined;
      } catch (error) {
        const { message } = error as Error;
        const isNew = problem !== message;
        problem = message;
        seen = fresh();
        if (isNew && !stopped) log.warn(`Changes of top results are looked for later: ${message}`);
        wait = POLL_MS;
      }
      if (!stopped) await wakeUp.wait(wait);
    }
  }

  /** Something may have changed top results; costs nothing where nobody is told. */
  async function note(changes: Change[]): Promise<void> {
    if (stopped || changes.length === 0 || (await webhook.isOff())) return;
    await tops.note(changes);
  }

  return {
    note,

    start(): void {
      loop ??= run();
    },

    async stop(): Promise<void> {
      stopped = true;
      webhook.stop();
      wakeUp.set();
      await loop;
    },

    /** Pictures lost their vectors. Never throws. */
    noteRemoved(fileIds: readonly FileId[]): void {
      const requestId = currentRequestId(strapi);
      note(fileIds.map((id) => ({ type: 'file', target: String(id) }))).catch(({ message }: Error) =>
        log.warn(`Removed pictures were not noted for similar.changed: ${message}`, { requestId }),
      );
    },

    /** Webhooks were made, changed or deleted in Strapi's settings. */
    webhooksChanged(): void {
      webhook.forget();
      wakeUp.set();
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;

interface Seen {
  files: Set<FileId>;
  entries: Set<string>;
  everything: boolean;
  seq: number;
  notes: number[];
  /** How many came. */
  news: number;
  first: number | undefined;
  last: number;
}

const fresh = (): Seen => ({
  files: new Set(),
  entries: new Set(),
  everything: false,
  seq: 0,
  notes: [],
  news: 0,
  first: undefined,
  last: 0,
});
