import path from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Dispatcher } from 'undici';
import { createBudget } from '../../../plugin/budget';
import { createDispatcher } from '../../../plugin/dispatcher';
import { SimilarError } from '../../../plugin/errors';
import {
  type FileId,
  type MediaEntry,
  type MediaSource,
  MISSING_STAMP,
  type OpenedMedia,
  type OpenOptions,
} from '../../../plugin/ports';
import { digestOfCopy } from '../../../plugin/same-photo/picture-digest';
import { chunks } from '../../../plugin/store/chunks';
import { FILE } from '../access/content-api';
import { readConfig } from '../config';
import { PICTURES, picturesAmong } from '../util/pictures';
import { boundedDownload } from './bounded-download';
import { type Derivative, derivativeFor } from './derivative';
import { localStamp, openLocal } from './local-file';
import { addressesPastCaches } from './past-caches';
import { type Place, wholeUrl } from './provider-url';
import { isWithheld } from './request';
import { COLUMNS, expectedBytes, type FileRow, ROUNDED_BYTES } from './row';
import { earlierStamp, remoteStamp } from './stamp';

/** Room in the temporary folder, which may be memory. */
const BYTES_AT_ONCE = 256 * 1024 * 1024;

interface Fetching {
  maxBytes: number;
  /** Without waiting for room. */
  now: boolean;
}

/** `stat` calls of the sweep that run at once. */
const STAT_CONCURRENCY = 16;

/** The media library as the pipeline sees it: `plugin::upload.file` rows, and bytes from disk or from the upload provider. */
export function createMediaSource({ strapi }: { strapi: Core.Strapi }): MediaSource {
  const files = () => strapi.db.query(FILE);

  /** Where the local provider keeps the bytes; undefined for other providers and for urls that lead out of the folder. */
  const localPath = ({ provider, url }: FileRow): string | undefined =>
    provider === 'local' ? insideUploads(url) : undefined;

  function insideUploads(url: string): string | undefined {
    if (!url.startsWith('/')) return undefined;
    const root = path.resolve(strapi.dirs.static.public);
    const full = path.join(root, url);
    return full.startsWith(root + path.sep) ? full : undefined;
  }

  /** Whether the bytes can be had by this process; false also where that is unknown. */
  async function isHere(row: FileRow): Promise<boolean> {
    const local = localPath(row);
    if (!local) return true;
    return localStamp(local)
      .then(async (found) => !(await isEarlierVersion(row, found)))
      .catch(() => false);
  }

  /**
   * The picture was replaced through another node that has an uploads folder of its own, and this file is left from before: it, or one of its
   * thumbnails, has another size than the row says, and it was not written since.
   */
  async function isEarlierVersion(
    row: FileRow,
    { bytes, mtimeMs }: { bytes: number; mtimeMs: number },
  ): Promise<boolean> {
    if (mtimeMs >= new Date(row.updatedAt).getTime()) return false;
    if (Number(row.size) > 0 && Math.abs(Number(row.size) * 1000 - bytes) > ROUNDED_BYTES) return true;
    for (const format of Object.values(row.formats ?? {})) {
      const thumbnail = format?.sizeInBytes && format.url ? insideUploads(format.url) : undefined;
      const found = thumbnail && (await localStamp(thumbnail).catch(() => undefined));
      // Of these, the row knows each byte.
      if (found && found.bytes !== format?.sizeInBytes) return true;
    }
    return false;
  }

  async function entryOf(row: FileRow): Promise<MediaEntry> {
    const { id } = row;
    const local = localPath(row);
    if (!local) return { id, stamp: remoteStamp(row), earlier: earlierStamp(row) };
    try {
      const found = await localStamp(local);
      return { id, stamp: (await isEarlierVersion(row, found)) ? undefined : found.stamp };
    } catch (error) {
      return { id, stamp: (error as SimilarError).code === 'BYTES_MISSING' ? MISSING_STAMP : undefined };
    }
  }

  /** Signing takes the provider's credentials, or a call of it. */
  async function signed(row: FileRow, stamp: string, derivative?: Derivative): Promise<{ url: string }> {
    try {
      // Not the addresses of the other formats: each may be a call of the provider.
      return await strapi
        .plugin('upload')
        .service('file')
        .signFileUrls({ ...(derivative ?? row), provider: row.provider, formats: undefined });
    } catch (cause) {
      const text = 'The upload provider gave no URL for the file';
      throw new SimilarError('DOWNLOAD_FAILED', text, { stamp }, { cause });
    }
  }

  /** The proxy that Strapi's own fetch goes through, which writes signed addresses into the log; else that of the environment. */
  let connections: Promise<Dispatcher> | undefined;
  function dispatcher(): Promise<Dispatcher> {
    const { config } = strapi;
    connections ??= createDispatcher(config.get('server.proxy.fetch') || config.get('server.proxy.global'));
    return connections;
  }

  function placeOf({ provider }: FileRow): Place {
    const upload = strapi.config.get<{ provider?: string; providerOptions?: { baseUrl?: string } }>('plugin::upload');
    const ofProvider = upload?.provider === provider ? upload.providerOptions?.baseUrl : undefined;
    return {
      baseUrl: readConfig(strapi).uploads.baseUrl ?? ofProvider,
      serverUrl: strapi.config.get<string>('server.url'),
    };
  }

  const budget = createBudget(BYTES_AT_ONCE);

  async function openRemote(row: FileRow, fetching: Fetching, derivative?: Derivative): Promise<OpenedMedia> {
    const stamp = remoteStamp(row);
    const { maxBytes, now } = fetching;
    const addresses = async () =>
      addressesPastCaches(wholeUrl((await signed(row, stamp, derivative)).url, placeOf(row), { stamp }), stamp, row);
    const expected = derivative?.sizeInBytes ?? expectedBytes({ size: (derivative ?? row).size ?? null });
    try {
      const copy = await boundedDownload(addresses, {
        ...{ maxBytes, expected, budget, now },
        details: { stamp },
        dispatcher: await dispatcher(),
      });
      const digest = derivative ? digestOfCopy(copy.digest, undefined) : copy.digest;
      return { ...copy, digest, stamp, mayBeOld: true };
    } catch (error) {
      const isLost = isWithheld(error) || (error as SimilarError).code === 'EMPTY_FILE';
      if (derivative && isLost) return openRemote(row, fetching);
      throw error;
    }
  }

  return {
    async list(afterId: FileId, limit: number): Promise<MediaEntry[]> {
      const rows: FileRow[] = await files().findMany({
        select: COLUMNS,
        where: { id: { $gt: afterId }, ...PICTURES },
        orderBy: { id: 'asc' },
        limit,
      });
      return aFewAtOnce(rows, entryOf);
    },

    listed: (ids) => picturesAmong(strapi, ids),

    async here(ids: readonly FileId[]): Promise<Set<FileId>> {
      const found = new Set(ids);
      for (const chunk of chunks(ids)) {
        const rows: FileRow[] = await files().findMany({ select: COLUMNS, where: { id: { $in: chunk } } });
        const seen = await aFewAtOnce(rows, isHere);
        for (const [at, { id }] of rows.entries()) if (!seen[at]) found.delete(id);
      }
      return found;
    },

    async open(id: FileId, { holdsOther = false, from }: OpenOptions = {}): Promise<OpenedMedia | undefined> {
      const row: FileRow | null = await files().findOne({ select: COLUMNS, where: { id } });
      if (!row?.mime?.startsWith('image/')) return undefined;
      const { maxBytes } = readConfig(strapi).limits;
      const local = localPath(row);
      const derivative = derivativeFor(row, from, local !== undefined);
      if (!local) return openRemote(row, { maxBytes, now: holdsOther }, derivative);
      const copy = derivative && insideUploads(derivative.url);
      return openLocal(local, maxBytes, copy ? { path: copy, bytes: derivative.sizeInBytes } : undefined);
    },
  };
}

async function aFewAtOnce<T>(rows: readonly FileRow[], look: (row: FileRow) => Promise<T>): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < rows.length; at += STAT_CONCURRENCY) {
    found.push(...(await Promise.all(rows.slice(at, at + STAT_CONCURRENCY).map(look))));
  }
  return found;
}
