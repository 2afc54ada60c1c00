import type { Core } from '@strapi/strapi';
import type { LikenessLevels } from '../../../plugin/contracts/admin';
import type { AdminFiles } from '../search/admin-files';
import type { ContentTypes } from '../search/content-types';
import type { OwnValues } from '../search/own-values';
import type { PictureRelations } from '../search/picture-relations';
import type { FindSimilar } from '../services/similar';
import { createPictureTypeNamed } from './picture-type-named';
import { createProposePictures } from './pictures';
import { createSiblings } from './siblings';
import { createProposeTexts } from './texts';
import { createProposeValues } from './values';

export interface ProposalsDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  ownValues: OwnValues;
  relations: PictureRelations;
  adminFiles: AdminFiles;
  find: FindSimilar;
  levels: () => LikenessLevels;
  knowsWords: () => boolean;
}

/** What the admin proposes for fields that are empty. */
export function createProposals(deps: ProposalsDeps) {
  const typeNamed = createPictureTypeNamed(deps.contentTypes);
  return {
    ...createProposePictures({ ...deps, typeNamed, siblings: createSiblings(deps) }),
    ...createProposeValues({ ...deps, typeNamed }),
    ...createProposeTexts(deps),
  };
}
