import type { Core } from '@strapi/strapi';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { MapResponse } from '../../../plugin/contracts/map';
import { packSpots } from '../../../plugin/map/pack';
import type { Spot } from '../../../plugin/map/place';
import { readMapPicturesQuery, readNoQuery } from '../util/admin-params';
import { type AdminReader, adminReader } from '../util/admin-reader';
import { sendCacheable } from '../util/cacheable';
import { getService } from '../util/get-service';
import { withHttpErrors } from '../util/http-errors';
import { FILE, forbidden } from '../util/reader';

/** The map of the library: where each picture lies, and separately what the few look like that are in view. */
const mapController = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  /** Where conditions limit what an administrator sees, the others leave no spot either. */
  async function answer(reader: AdminReader): Promise<MapResponse> {
    const { id: space } = core().space;
    const { spots, ...state } = await core().map.state();
    if (!(await reader.filters(FILE, undefined))) return { space, ...state, ...(await packSpots(spots)) };
    const ids = await getService(strapi, 'admin-files').visible([...spots.keys()], reader);
    const seen = new Map(ids.map((id) => [id, spots.get(id) as Spot]));
    return { space, ...state, total: seen.size, ...(await packSpots(seen)) };
  }

  return {
    /** `GET /similar/map` */
    find: withHttpErrors(async (ctx) => {
      readNoQuery(ctx.query);
      const reader = adminReader(strapi, ctx);
      if (!(await reader.may(FILE))) throw forbidden(reader, FILE);
      sendCacheable(ctx, (await answer(reader)) satisfies MapResponse, 'private, no-cache');
    }),

    /** `GET /similar/map/pictures?ids=1,2,3`: those that the library still has, in any order. */
    pictures: withHttpErrors(async (ctx) => {
      const ids = readMapPicturesQuery(ctx.query);
      const reader = adminReader(strapi, ctx);
      if (!(await reader.may(FILE))) throw forbidden(reader, FILE);
      const pictures = await getService(strapi, 'admin-files').pictures(ids, reader);
      ctx.body = [...pictures.values()] satisfies AdminPicture[];
    }),

    /** `POST /similar/map/recompute`: returns at once; `GET /similar/map` says how far it is. */
    recompute: withHttpErrors(async (ctx) => {
      core().map.recompute();
      ctx.status = 202;
      ctx.body = {};
    }),
  };
};

export default mapController;
