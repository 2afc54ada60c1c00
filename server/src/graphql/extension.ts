import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { SimilarResponse } from '../../../plugin/contracts/similar';
import { FILE } from '../access/content-api';
import { operatorsConfig, readConfig } from '../config';
import type { FindSimilar } from '../services/similar';
import { configuredTypes, pictureTypes } from '../util/configurable-types';
import { isLocalized } from '../util/locales';
import { logOf } from '../util/log';
import { isFixed } from '../util/merge-settings';
import { hasDrafts, modelOf } from '../util/models';
import { toQuery } from './arguments';
import { withGraphqlErrors } from './errors';
import type { Extension, GraphqlPlugin, Resolver } from './plugin';
import { createSearches } from './searches';
import { ENUMS, type EntryType, namesOf, type Offer, typeDefsOf } from './types';

/** A row of Strapi's own, or one of ours. */
interface Entry {
  documentId: string;
  locale?: string | null;
  publishedAt?: unknown;
}

/** The actions of `GET /api/similar/:id` and `/search`: whoever may ask there may ask here. */
const AUTH = { auth: { scope: ['plugin::similar.similar.find'] } };
const SEARCH_AUTH = { auth: { scope: ['plugin::similar.search.find'] } };

/** Adds what looks alike to the project's GraphQL schema. Call it before that is built. */
export function extendGraphql(strapi: Core.Strapi, graphql: GraphqlPlugin, find: () => FindSimilar): void {
  const searches = createSearches(strapi, find);
  const { naming, mappers } = graphql.service('utils');
  /** A schema asks for its extensions more than once. */
  let warned = false;

  /** A schema is built once, but the types may be set in the admin, at any time: then all that can be. */
  function uids(): string[] {
    const types = isFixed(operatorsConfig(strapi), 'contentTypes')
      ? configuredTypes(strapi, readConfig(strapi))
      : pictureTypes(strapi, true);
    return types.map(({ uid }) => uid).filter((uid) => uid !== FILE);
  }

  function offerOf(has: (name: string) => boolean): Offer {
    const models = Object.values(strapi.contentTypes) as object[];
    const taken = models.flatMap((model) => [naming.getFindQueryName(model), naming.getFindOneQueryName(model)]);
    const file = naming.getTypeName(modelOf(strapi, FILE));
    const entries = uids().flatMap((uid): EntryType[] => {
      const model = modelOf(strapi, uid);
      const name = naming.getTypeName(model);
      const filters = naming.getFiltersInputTypeName(model);
      const extended = !Object.hasOwn(model.attributes, 'similar');
      return has(name) ? [{ uid, name, extended, ...(has(filters) && { filters }) }] : [];
    });
    const locale = strapi.plugin('i18n') ? 'I18NLocaleCode' : 'String';
    return {
      ...(has(file) && { file }),
      entries,
      locale,
      query: !taken.includes('similar') && !taken.includes('similarSearch'),
    };
  }

  /** With what the union of entries is told apart by. */
  const tagged = ({ data, meta }: SimilarResponse) => ({
    data: data.map((item) => (item.entry ? { ...item, entry: { ...item.entry, __type: item.type } } : item)),
    meta,
  });

  const ofId: Resolver = (_parent, { id, ...args }, { koaContext }) =>
    withGraphqlErrors(strapi, async () =>
      tagged(await searches.byId(koaContext as Context, String(id), toQuery(args))),
    );

  const ofWords: Resolver = (_parent, args, { koaContext }) =>
    withGraphqlErrors(strapi, async () => tagged(await searches.byWords(koaContext as Context, toQuery(args))));

  /** In the locale and the state of the entry that it is a field of, as Strapi's own relations are. */
  const ofEntry =
    (uid: string): Resolver =>
    ({ documentId, locale, publishedAt }: Entry, { filters, ...args }, { koaContext }) =>
      withGraphqlErrors(strapi, () => {
        const isDraft = hasDrafts(strapi, uid) && publishedAt === null;
        const query = toQuery({
          ...args,
          type: uid,
          status: isDraft ? 'draft' : 'published',
          locale: isLocalized(strapi, uid) ? locale : undefined,
          filters: filters ? mappers.graphQLFiltersToStrapiQuery(filters, modelOf(strapi, uid)) : undefined,
        });
        return searches.byEntry(koaContext as Context, documentId, query);
      });

  function extension(has: (name: string) => boolean): Extension {
    const offer = offerOf(has);
    if (!offer.file && offer.entries.length === 0) return {};
    const typeDefs = typeDefsOf(offer);
    const taken = namesOf(typeDefs).find(has);
    if (taken) {
      if (!warned) logOf(strapi).warn(`GraphQL has no similar items: the project has a type ${taken} of its own`);
      warned = true;
      return {};
    }
    const extended = offer.entries.filter((entry) => entry.extended);
    const typeOf = ({ __type }: { __type: string }) => naming.getTypeName(modelOf(strapi, __type));
    return {
      typeDefs,
      resolvers: {
        ...ENUMS,
        ...(offer.query && { Query: { similar: ofId, similarSearch: ofWords } }),
        ...(offer.query && offer.entries.length > 0 && { SimilarEntry: { __resolveType: typeOf } }),
        ...Object.fromEntries(extended.map(({ uid, name }) => [name, { similar: ofEntry(uid) }])),
      },
      resolversConfig: {
        ...(offer.query && { 'Query.similar': AUTH, 'Query.similarSearch': SEARCH_AUTH }),
        ...Object.fromEntries(extended.map(({ name }) => [`${name}.similar`, AUTH])),
      },
    };
  }

  graphql.service('extension').use(({ typeRegistry }) => extension((name) => typeRegistry.has(name)));
}
