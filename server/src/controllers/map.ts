import type { Core } from '@strapi/strapi';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { MapResponse } from '../../../plugin/contracts/map';
import { packSpots } from '../../../plugin/map/pack';
import { readMapPicturesQuery, readNoQuery } from '../util/admin-params';
import { adminReader } from '../util/admin-reader';
import { sendCacheable } from '../util/cacheable';
import { getService } from '../util/get-service';
import { withHttpErrors } from '../util/http-errors';
import { FILE, forbidden } from '../util/reader';

/** The map of the library: where each picture lies, and separately what the few look like that are in view. */
const mapController = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  async function answer(): Promise<MapResponse> {
    const { id: space } = core().space;
    const { spots, ...state } = await core().map.state();
    return { space, ...state, ...(await packSpots(spots)) };
  }

  return {
    /** `GET /similar/map` */
    find: withHttpErrors(async (ctx) => {
      readNoQuery(ctx.query);
      if (!(await adminReader(strapi, ctx).may(FILE))) throw forbidden(FILE);
      sendCacheable(ctx, (await answer()) satisfies MapResponse, 'private, no-cache');
    }),

    /** `GET /similar/map/pictures?ids=1,2,3`: those that the library still has, in any order. */
    pictures: withHttpErrors(async (ctx) => {
      const ids = readMapPicturesQuery(ctx.query);
      if (!(await adminReader(strapi, ctx).may(FILE))) throw forbidden(FILE);
      const pictures = await getService(strapi, 'admin-items').pictures(ids);
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
