import type { Core } from '@strapi/strapi';
import { adminAccess } from '../access/admin';
import { getService } from '../util/get-service';
import { readComparedPicturesQuery, readComparisonRequest, readPictureId, readVote } from '../validation/comparison';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** Another model beside the live one, on a sample of the library. */
const comparisonController = ({ strapi }: { strapi: Core.Strapi }) => {
  const comparison = () => getService('comparison', { strapi });

  return {
    /** `GET /similar/comparison` */
    find: withHttpErrors(async (ctx) => {
      ctx.body = await comparison().state();
    }),

    /** `POST /similar/comparison` with `{ model, size }`: returns at once. */
    begin: withHttpErrors(async (ctx) => {
      ctx.body = await comparison().begin(readComparisonRequest(bodyOf(ctx)));
    }),

    /** `DELETE /similar/comparison` */
    discard: withHttpErrors(async (ctx) => {
      ctx.body = await comparison().discard();
    }),

    /** `GET /similar/comparison/pictures?page=&pageSize=` */
    pictures: withHttpErrors(async (ctx) => {
      const query = readComparedPicturesQuery(ctx.query);
      ctx.body = await comparison().pictures(query, adminAccess(strapi, ctx));
    }),

    /** `GET /similar/comparison/pictures/:id` */
    picture: withHttpErrors(async (ctx) => {
      ctx.body = await comparison().picture(readPictureId(ctx.params), adminAccess(strapi, ctx));
    }),

    /** `PUT /similar/comparison/pictures/:id/vote` with `{ vote }` */
    vote: withHttpErrors(async (ctx) => {
      const id = readPictureId(ctx.params);
      ctx.body = await comparison().vote(id, readVote(bodyOf(ctx)), adminAccess(strapi, ctx));
    }),
  };
};

export default comparisonController;
