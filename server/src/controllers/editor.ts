import { Readable } from 'node:stream';
import type { Core } from '@strapi/strapi';
import type {
  DuplicatesResponse,
  ItemsResponse,
  NoticesResponse,
  PairExplanation,
  TypesResponse,
} from '../../../plugin/contracts/admin';
import type { DecisionsResponse } from '../../../plugin/contracts/decisions';
import { adminAccess } from '../access/admin';
import { searchOf } from '../compose';
import { readConfig } from '../config';
import { inFolder } from '../search/in-folder';
import { duplicatesCsv } from '../services/duplicates-csv';
import { getService } from '../util/get-service';
import {
  readAllDuplicatesQuery,
  readDecisionId,
  readDecisionsQuery,
  readDuplicatesQuery,
  readFilePair,
  readGroupVerdict,
  readItemsBody,
  readNoticesQuery,
  readRule,
  readSearchQuery,
} from '../validation/admin';
import { readCrop } from '../validation/bodies';
import type { SimilarParams } from '../validation/similar-query';
import { authorOf } from './author';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** What editors see and decide. Every response contains what the calling administrator may see, and no more. */
const editorController = ({ strapi }: { strapi: Core.Strapi }) => {
  const within = async (folder: number | undefined, params: SimilarParams): Promise<SimilarParams> =>
    folder === undefined ? params : { ...params, filters: await inFolder(strapi, folder) };

  return {
    /** `GET /similar/types` */
    types: withHttpErrors(async (ctx) => {
      const types = await searchOf(strapi).adminItems.types(adminAccess(strapi, ctx));
      ctx.body = { types, notices: getService('notices', { strapi }).wanted() } satisfies TypesResponse;
    }),

    /** `POST /similar/items` */
    items: withHttpErrors(async (ctx) => {
      const { pictures, documentId, folder, params: wanted } = readItemsBody(bodyOf(ctx));
      const params = await within(folder, wanted);
      const access = adminAccess(strapi, ctx);
      const find = getService('similar', { strapi });
      function found(): Promise<ItemsResponse> {
        if (pictures) return find.itemsForPictures(pictures, documentId, params, access);
        if (documentId) return find.itemsForEntry(documentId, params, access);
        return find.itemsForWords(params.q as string, params, access);
      }
      ctx.body = await found();
    }),

    /** `POST /similar/search`, multipart with `picture` */
    search: withHttpErrors(async (ctx) => {
      const { crop, folder, params: wanted } = readSearchQuery(ctx.query);
      const box = readCrop(crop);
      const params = await within(folder, wanted);
      const access = adminAccess(strapi, ctx);
      ctx.body = await getService('sent-picture', { strapi }).use(ctx, (path) =>
        getService('similar', { strapi }).itemsForUpload(path, box, params, access),
      );
    }),

    /** `GET /similar/explain/:query/:result`, two ids of files */
    explain: withHttpErrors(async (ctx) => {
      const [query, result] = readFilePair(ctx.params);
      const { explanation, overlay } = await getService('explain', { strapi }).picturePair(
        query,
        result,
        adminAccess(strapi, ctx),
      );
      ctx.body = { ...explanation, overlay: Buffer.from(overlay).toString('base64') } satisfies PairExplanation;
    }),

    /** `POST /similar/rules` with a rule: a pin, a hide, a verdict on two pictures. */
    setRule: withHttpErrors(async (ctx) => {
      const rule = readRule(bodyOf(ctx));
      ctx.body = await getService('judging', { strapi }).set(rule, authorOf(ctx), adminAccess(strapi, ctx));
    }),

    /** `POST /similar/rules/remove` with the rule. */
    removeRule: withHttpErrors(async (ctx) => {
      const rule = readRule(bodyOf(ctx));
      ctx.body = { removed: await getService('judging', { strapi }).remove(rule, adminAccess(strapi, ctx)) };
    }),

    /** `GET /similar/decisions?kind=&author=&page=&pageSize=` */
    decisions: withHttpErrors(async (ctx) => {
      const query = readDecisionsQuery(ctx.query);
      ctx.body = (await getService('decisions', { strapi }).page(
        query,
        adminAccess(strapi, ctx),
      )) satisfies DecisionsResponse;
    }),

    /** `POST /similar/decisions/undo` with the `id` of one. */
    undoDecision: withHttpErrors(async (ctx) => {
      const id = readDecisionId(bodyOf(ctx));
      ctx.body = { removed: await getService('decisions', { strapi }).undo(id, adminAccess(strapi, ctx)) };
    }),

    /** `POST /similar/verdicts`: on a group of duplicates. */
    judgeGroup: withHttpErrors(async (ctx) => {
      const verdict = readGroupVerdict(bodyOf(ctx), readConfig(strapi).thresholds.nearDuplicate);
      const pictures = await getService('duplicates', { strapi }).judge(
        verdict,
        authorOf(ctx),
        adminAccess(strapi, ctx),
      );
      ctx.body = { pictures };
    }),

    /** `POST /similar/verdicts/remove` */
    undoGroup: withHttpErrors(async (ctx) => {
      const verdict = readGroupVerdict(bodyOf(ctx), readConfig(strapi).thresholds.nearDuplicate);
      ctx.body = { pictures: await getService('duplicates', { strapi }).undo(verdict, adminAccess(strapi, ctx)) };
    }),

    /** `GET /similar/duplicates` */
    duplicates: withHttpErrors(async (ctx) => {
      const query = readDuplicatesQuery(ctx.query, readConfig(strapi).thresholds.nearDuplicate);
      const found = await getService('duplicates', { strapi }).find(query, adminAccess(strapi, ctx));
      ctx.body = found satisfies DuplicatesResponse;
    }),

    /** `GET /similar/duplicates/csv`: all groups under the same filters. */
    duplicatesCsv: withHttpErrors(async (ctx) => {
      const query = readAllDuplicatesQuery(ctx.query, readConfig(strapi).thresholds.nearDuplicate);
      const parts = getService('duplicates', { strapi }).all(query, adminAccess(strapi, ctx));
      // What is refused is refused with a status: it is known by then.
      const first = await parts.next();
      async function* whole() {
        if (!first.done) yield first.value;
        yield* parts;
      }
      ctx.attachment('duplicates.csv');
      ctx.type = 'text/csv; charset=utf-8';
      ctx.set('Cache-Control', 'no-store');
      ctx.body = Readable.from(duplicatesCsv(whole()), { objectMode: false });
    }),

    /** `GET /similar/notices?within=<seconds>` */
    notices: withHttpErrors(async (ctx) => {
      const since = new Date(Date.now() - readNoticesQuery(ctx.query) * 1_000);
      const uploads = { author: ctx.state.user.id, since };
      const found = await getService('notices', { strapi }).about(uploads, adminAccess(strapi, ctx));
      ctx.body = found satisfies NoticesResponse;
    }),
  };
};

export default editorController;
