import type { Core } from '@strapi/strapi';

/** Names of the types that Strapi's GraphQL plugin has made. */
interface TypeRegistry {
  has(name: string): boolean;
}

export interface GraphqlContext {
  /** koa's, of the request. */
  koaContext: unknown;
}

export type Resolver = (parent: never, args: Record<string, unknown>, context: GraphqlContext) => Promise<unknown>;

/** What can be added to its schema: types as text, and what resolves them. */
export interface Extension {
  typeDefs?: string;
  resolvers?: Record<string, object>;
  resolversConfig?: Record<string, { auth: { scope: string[] } }>;
}

interface Services {
  extension: { use(make: (tools: { typeRegistry: TypeRegistry }) => Extension): void };
  utils: {
    naming: {
      getTypeName(model: object): string;
      getFindQueryName(model: object): string;
      getFindOneQueryName(model: object): string;
      getFiltersInputTypeName(model: object): string;
    };
    mappers: { graphQLFiltersToStrapiQuery(filters: unknown, model: object): object };
  };
}

/** `@strapi/plugin-graphql`, as far as it is used here. */
export interface GraphqlPlugin {
  service<Name extends keyof Services>(name: Name): Services[Name];
}

/** Undefined where the project has none: then nothing of it is loaded. */
export const graphqlPlugin = (strapi: Core.Strapi): GraphqlPlugin | undefined =>
  strapi.plugin('graphql') as unknown as GraphqlPlugin | undefined;
