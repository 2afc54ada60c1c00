import type { Core } from '@strapi/strapi';

/** Of rows that are read with all their attributes, and nothing is known of those. */
export type Row = Record<string, unknown> & { id: number; documentId: string };

/** What is used of Strapi's document service. Queries are Strapi's own: `filters`, `fields`, `populate`, `status`, `locale` … */
interface Documents<Found> {
  findMany(query: object): Promise<Found[]>;
  findFirst(query: object): Promise<Found | null>;
  count(query: object): Promise<number>;
  update(query: object): Promise<Found | null>;
  /** Of types with drafts only. */
  publish(query: object): Promise<unknown>;
}

/** Documents of a type that is known at run time only. Strapi's own types ask for the uid as a literal. */
export const documents = <Found = Row>(strapi: Core.Strapi, uid: string): Documents<Found> =>
  strapi.documents(uid as never) as unknown as Documents<Found>;
