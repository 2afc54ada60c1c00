import { readFile as read } from 'node:fs/promises';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { CarryReport } from '../../../plugin/contracts/carry';
import { SimilarError } from '../../../plugin/errors';
import { adminAccess } from '../access/admin';
import { readFile, writeFile } from '../carry/file';
import { getService } from '../util/get-service';
import { readExportQuery, readImportQuery } from '../validation/carry';
import { readSentFile } from '../validation/sent-file';
import { withHttpErrors } from './http-errors';

/** A hundred thousand decisions have less. */
const MOST_BYTES = 32 * 2 ** 20;

/** @throws SimilarError `INVALID_PARAMETER` for anything but one file, `DECISIONS_INVALID` for one that is too large. */
async function sentText(ctx: Context): Promise<string> {
  const file = readSentFile(ctx, 'file');
  if (file.size > MOST_BYTES) {
    const message = `Expected a file of at most ${MOST_BYTES} bytes but received ${file.size}: export its parts one by one`;
    throw new SimilarError('DECISIONS_INVALID', message, { name: 'file' });
  }
  return read(file.filepath, 'utf8');
}

/** Settings and decisions as a file, for another environment and from it. */
const carryingController = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `GET /similar/decisions/file?only=settings,rules,verdicts` */
  export: withHttpErrors(async (ctx) => {
    const { only } = readExportQuery(ctx.query);
    const { carried } = await getService('carrying', { strapi }).export(only, adminAccess(strapi, ctx));
    ctx.attachment('similar-decisions.json');
    ctx.type = 'application/json; charset=utf-8';
    ctx.set('Cache-Control', 'no-store');
    ctx.body = writeFile(carried);
  }),

  /** `POST /similar/decisions/file?dryRun=&replace=&only=`, multipart with `file`; answers what was done, or would be. */
  import: withHttpErrors(async (ctx) => {
    const options = readImportQuery(ctx.query);
    const carried = readFile(await sentText(ctx));
    const access = adminAccess(strapi, ctx);
    const report = await getService('carrying', { strapi }).import(carried, { ...options, access });
    ctx.body = report satisfies CarryReport;
  }),
});

export default carryingController;
