import type { Core } from '@strapi/strapi';
import type { Rules } from '../../../plugin/pipeline/ports';
import { createKnexRules } from '../../../plugin/store/rules';

/** What editors decided: pins and hides. */
const rulesService = ({ strapi }: { strapi: Core.Strapi }): Rules => createKnexRules(strapi.db.connection);

export default rulesService;
