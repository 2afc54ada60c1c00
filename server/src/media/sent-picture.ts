import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { expected, SimilarError } from '../../../plugin/errors';
import { readConfig } from '../config';

interface SentFile {
  filepath: string;
  size: number;
}

/** A picture that came with a request: used once, within limits, and deleted with the answer (`register.ts`). It is decoded in the embedder process only. */
const sentPictureService = ({ strapi }: { strapi: Core.Strapi }) => {
  let running = 0;

  const filesOf = (ctx: Context): Record<string, SentFile | SentFile[]> =>
    (ctx.request as { files?: Record<string, SentFile | SentFile[]> }).files ?? {};

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
    const sent = filesOf(ctx);
    const other = Object.keys(sent).find((name) => name !== 'picture');
    if (other !== undefined) throw expected('the field “picture”', 'the file', other);
    const picture = sent.picture;
    if (!picture || Array.isArray(picture)) {
      throw expected('one file', 'picture', picture ? `${(picture as SentFile[]).length} files` : 'none');
    }
    if (picture.size > maxBytes) {
      const message = `Expected a picture of at most ${maxBytes} bytes but received ${picture.size}`;
      throw new SimilarError('TOO_LARGE', message, { name: 'picture' });
    }
    return picture;
  }

  return {
    /** @throws SimilarError `TOO_MANY_SEARCHES`, `TOO_LARGE`, `UNSUPPORTED_FORMAT`, `INVALID_PARAMETER`, and what `work` throws. */
    async use<Result>(ctx: Context, work: (path: string) => Promise<Result>): Promise<Result> {
      const { maxBytes, concurrency } = readConfig(strapi).search;
      const picture = pictureOf(ctx, maxBytes);
      if (running >= concurrency) {
        throw new SimilarError(
          'TOO_MANY_SEARCHES',
          `${running} searches by picture are already running; try again shortly`,
        );
      }
      running++;
      try {
        return await work(picture.filepath);
      } finally {
        running--;
      }
    },
  };
};

export default sentPictureService;
