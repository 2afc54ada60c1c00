import type { Core } from '@strapi/strapi';
import type { Rules } from '../../plugin/ports';
import type { Similarity } from '../../plugin/similarity';
import { createAdminFiles } from './search/admin-files';
import { createAdminItems } from './search/admin-items';
import { createCandidates } from './search/candidates';
import { createContentTypes } from './search/content-types';
import { createDefaultLocale } from './search/default-locale';
import { createDuplicateGroups } from './search/duplicate-groups';
import { createEntryPictures } from './search/entry-pictures';
import { createFallback } from './search/fallback';
import { createPictureRefs } from './search/picture-refs';
import { createQueries } from './search/query';
import { createQueryItems } from './search/query-item';
import { createResults } from './search/results';
import { createSerializer } from './search/serialize';
import { createTitles } from './search/titles';
import { createVerdictLookup } from './search/verdicts';

/** The parts of the read path, each made once and given what it needs. Two of them look beyond it: at the core, and at what editors decided. */
function composeSearch(strapi: Core.Strapi) {
  const service = (name: string) => strapi.plugin('similar').service(name);
  const core = (): Similarity => service('indexing').core();
  const rules: Pick<Rules, 'concerning'> = { concerning: (type, source) => service('rules').concerning(type, source) };
  const pictureRefs = createPictureRefs({ strapi });
  const adminFiles = createAdminFiles({ strapi, pictureRefs });
  const contentTypes = createContentTypes({ strapi });
  const defaultLocale = createDefaultLocale({ strapi });
  const entryPictures = createEntryPictures({ strapi, defaultLocale });
  const queryItems = createQueryItems({ strapi, contentTypes, entryPictures });
  const queries = createQueries({ core, contentTypes, adminFiles, queryItems });
  const candidates = createCandidates({ strapi, entryPictures });
  const fallback = createFallback({ strapi });
  const results = createResults({ strapi, candidates, fallback, rules });
  const serializer = createSerializer({ strapi, defaultLocale, pictureRefs });
  const titles = createTitles({ strapi, defaultLocale });
  const adminItems = createAdminItems({ strapi, adminFiles, contentTypes });
  const verdicts = createVerdictLookup({ strapi });
  const duplicateGroups = createDuplicateGroups({ core, adminFiles, verdicts });
  return {
    pictureRefs,
    adminFiles,
    contentTypes,
    defaultLocale,
    entryPictures,
    queryItems,
    queries,
    candidates,
    fallback,
    results,
    serializer,
    titles,
    adminItems,
    duplicateGroups,
    verdicts,
  };
}

export type Search = ReturnType<typeof composeSearch>;

const searches = new WeakMap<Core.Strapi, Search>();

/** The read path of this Strapi. */
export function searchOf(strapi: Core.Strapi): Search {
  let search = searches.get(strapi);
  if (!search) {
    search = composeSearch(strapi);
    searches.set(strapi, search);
  }
  return search;
}
