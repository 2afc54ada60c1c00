import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { type ErrorCode, expected, SimilarError } from '../../../plugin/errors';
import { readConfig } from '../config';
import type { Slots } from '../util/slots';
import { readSentFile, type SentFile } from '../validation/sent-file';
import { makeTempFolder } from './temp-folder';

export interface SentPictureDeps {
  strapi: Core.Strapi;
  slots: Slots;
}

const ENDED = new Set<ErrorCode>(['DECODER_CRASHED', 'DECODER_TIMEOUT', 'DECODER_MEMORY']);
const MOST_ENDS = 3;
const ENDS_MS = 60_000;

/** @throws SimilarError `TOO_LARGE` */
function checkSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const message = `Expected a picture of at most ${maxBytes} bytes but received ${bytes}`;
  throw new SimilarError('TOO_LARGE', message, { name: 'picture' });
}

/** A picture that came with a request: used once, within limits, and deleted with the answer (what came as a file: `register.ts`). It is decoded in the embedder process only. */
export function createSentPicture({ strapi, slots }: SentPictureDeps) {
  /** When pictures that were sent ended the decoder. */
  let ends: number[] = [];

  /** Each end costs everybody who waits for the decoder a second or more. */
  function checkEnds(): void {
    ends = ends.filter((at) => performance.now() - at < ENDS_MS);
    if (ends.length < MOST_ENDS) return;
    throw new SimilarError(
      'TOO_MANY_SEARCHES',
      `${ends.length} pictures that were sent have ended the decoder within a minute; try again in a minute`,
    );
  }

  function pictureOf(ctx: Context, maxBytes: number): SentFile {
    if (!ctx.is('multipart/form-data')) {
      throw new SimilarError(
        'UNSUPPORTED_FORMAT',
        'Expected multipart/form-data with the picture in the field “picture”',
        {
          name: 'picture',
        },
      );
    }
    const picture = readSentFile(ctx, 'picture');
    checkSize(picture.size, maxBytes);
    return picture;
  }

  async function within<Result>(filepath: string, work: (path: string) => Promise<Result>): Promise<Result> {
    checkEnds();
    try {
      return await slots(() => work(filepath));
    } catch (error) {
      if (error instanceof SimilarError && ENDED.has(error.code)) ends.push(performance.now());
      throw error;
    }
  }

  return {
    /** @throws SimilarError `TOO_MANY_SEARCHES`, `TOO_LARGE`, `UNSUPPORTED_FORMAT`, `INVALID_PARAMETER`, and what `work` throws. */
    async use<Result>(ctx: Context, work: (path: string) => Promise<Result>): Promise<Result> {
      const { filepath } = pictureOf(ctx, readConfig(strapi).search.maxBytes);
      return within(filepath, work);
    },

    /** The same for a picture that is text. @throws as `use` */
    async ofBase64<Result>(text: string, work: (path: string) => Promise<Result>): Promise<Result> {
      checkSize(Buffer.byteLength(text, 'base64'), readConfig(strapi).search.maxBytes);
      const bytes = Buffer.from(text, 'base64');
      // Node leaves out what is no base64.
      if (bytes.length === 0 || bytes.toString('base64') !== text) {
        throw expected('the bytes of a picture in base64, without `data:` or spaces', 'picture', text);
      }
      const folder = await makeTempFolder();
      try {
        const file = path.join(folder.path, 'picture');
        await writeFile(file, bytes);
        return await within(file, work);
      } finally {
        await folder.remove();
      }
    },
  };
}

export type SentPicture = ReturnType<typeof createSentPicture>;
