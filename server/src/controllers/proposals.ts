import type { Core } from '@strapi/strapi';
import type {
  PictureProposalsResponse,
  TextProposalsResponse,
  ValueProposalsResponse,
} from '../../../plugin/contracts/proposals';
import { adminAccess } from '../access/admin';
import { getService } from '../util/get-service';
import { readPictureProposals, readTextProposals, readValueProposals } from '../validation/proposals';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** What could stand where an editor has left something empty. Nothing is changed. */
const proposalsController = ({ strapi }: { strapi: Core.Strapi }) => {
  const proposals = () => getService('proposals', { strapi });

  return {
    /** `POST /similar/proposals/pictures` */
    pictures: withHttpErrors(async (ctx) => {
      const request = readPictureProposals(bodyOf(ctx));
      const found = await proposals().pictures(request, adminAccess(strapi, ctx));
      ctx.body = found satisfies PictureProposalsResponse;
    }),

    /** `POST /similar/proposals/values` */
    values: withHttpErrors(async (ctx) => {
      const request = readValueProposals(bodyOf(ctx));
      const found = await proposals().values(request, adminAccess(strapi, ctx));
      ctx.body = found satisfies ValueProposalsResponse;
    }),

    /** `POST /similar/proposals/texts` */
    texts: withHttpErrors(async (ctx) => {
      const { pictures } = readTextProposals(bodyOf(ctx));
      const found = await proposals().texts(pictures, adminAccess(strapi, ctx));
      ctx.body = found satisfies TextProposalsResponse;
    }),
  };
};

export default proposalsController;
