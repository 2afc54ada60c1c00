import type { Core } from '@strapi/strapi';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { MapCancelResponse, MapGroupsResponse, MapResponse } from '../../../plugin/contracts/map';
import { packSpots } from '../../../plugin/map/pack';
import type { Spot } from '../../../plugin/map/place';
import { type AdminAccess, adminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import { searchOf } from '../compose';
import { getService } from '../util/get-service';
import { readMapGroupsQuery, readMapPicturesQuery } from '../validation/admin';
import { sendCacheable } from './cacheable';
import { withHttpErrors } from './http-errors';

/** The map of the library: each picture's position, and separately the thumbnails of the few in view. */
const mapController = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService('indexing', { strapi }).core();

  /** Where conditions limit what an administrator sees, the others leave no spot either. */
  async function answer(access: AdminAccess): Promise<MapResponse> {
    const { id: space } = core().space;
    const { spots, ...state } = await core().map.state();
    if (!(await access.filters(FILE, undefined))) return { space, ...state, ...(await packSpots(spots)) };
    const ids = await searchOf(strapi).adminFiles.visible([...spots.keys()], access);
    const seen = new Map(ids.map((id) => [id, spots.get(id) as Spot]));
    return { space, ...state, total: seen.size, ...(await packSpots(seen)) };
  }

  return {
    /** `GET /similar/map` */
    find: withHttpErrors(async (ctx) => {
      const access = adminAccess(strapi, ctx);
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      sendCacheable(ctx, (await answer(access)) satisfies MapResponse, 'private, no-cache');
    }),

    /** `GET /similar/map/pictures?ids=1,2,3`: those that the library still has, in any order. */
    pictures: withHttpErrors(async (ctx) => {
      const ids = readMapPicturesQuery(ctx.query);
      const access = adminAccess(strapi, ctx);
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const pictures = await searchOf(strapi).adminFiles.pictures(ids, access);
      ctx.body = [...pictures.values()] satisfies AdminPicture[];
    }),

    /** `GET /similar/map/groups?by=type` */
    groups: withHttpErrors(async (ctx) => {
      const by = readMapGroupsQuery(ctx.query);
      const found = await getService('map-groups', { strapi }).find(by, adminAccess(strapi, ctx));
      sendCacheable(ctx, found satisfies MapGroupsResponse, 'private, no-cache');
    }),

    /** `POST /similar/map/recompute`: returns at once; `GET /similar/map` says how far it is. */
    recompute: withHttpErrors(async (ctx) => {
      await core().map.recompute();
      ctx.status = 202;
      ctx.body = {};
    }),

    /** `POST /similar/map/cancel`: the map stays as it was. Says whether anything was being laid out. */
    cancel: withHttpErrors(async (ctx) => {
      ctx.body = { cancelled: await core().map.cancel() } satisfies MapCancelResponse;
    }),
  };
};

export default mapController;
