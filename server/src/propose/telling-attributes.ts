import type { Core } from '@strapi/strapi';
import { type Attribute, modelOf } from '../util/models';

/** A relation to one entry that takes nothing away from another one. Strapi's own, such as `createdBy`, are not for editors. */
const isToOne = ({ type, relation, target, mappedBy, inversedBy, visible, writable }: Attribute) =>
  type === 'relation' &&
  target !== undefined &&
  (relation === 'manyToOne' || (relation === 'oneToOne' && !mappedBy && !inversedBy)) &&
  visible !== false &&
  writable !== false;

/** What says of which kind an entry is, such as its category: enumerations, and relations to one other entry. */
export const tellingAttributes = (strapi: Core.Strapi, uid: string): string[] =>
  Object.entries(modelOf(strapi, uid).attributes)
    .filter(([, attribute]) => attribute.type === 'enumeration' || isToOne(attribute))
    .map(([name]) => name);

/** What a relation leads to; undefined for an enumeration. */
export const targetOf = (strapi: Core.Strapi, uid: string, name: string): string | undefined =>
  modelOf(strapi, uid).attributes[name].target;
