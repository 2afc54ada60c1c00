import type { Core } from '@strapi/strapi';
import { contentTypes as contentTypeUtils } from '@strapi/utils';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';

export interface Attribute {
  type: string;
  allowedTypes?: string[];
  component?: string;
  /** Of a dynamic zone. */
  components?: string[];
  relation?: string;
  target?: string;
  /** Attribute of the target that owns the relation. */
  mappedBy?: string;
  /** Attribute of the target that shows it from there. */
  inversedBy?: string;
  visible?: boolean;
  writable?: boolean;
}

/** A content type or component, as far as the plugin looks at it. */
export interface Model {
  kind: PictureTypeInfo['kind'];
  info: { displayName: string };
  options?: { draftAndPublish?: boolean };
  pluginOptions?: { i18n?: { localized?: boolean }; 'content-manager'?: { visible?: boolean } };
  attributes: Record<string, Attribute>;
}

/** Of a type that is known at run time only. */
export const modelOf = (strapi: Core.Strapi, uid: string) => strapi.getModel(uid as never) as unknown as Model;

/** Whether the content API never shows it. */
export const isPrivate = (model: Model, attribute: string): boolean =>
  contentTypeUtils.isPrivateAttribute(model as never, attribute);

export const hasDrafts = (strapi: Core.Strapi, uid: string): boolean =>
  modelOf(strapi, uid).options?.draftAndPublish ?? false;

/** Of rows of a type, those in a state: the draft of an entry and what is published of it are rows of their own. */
export const inState = (strapi: Core.Strapi, uid: string, status: 'draft' | 'published') =>
  hasDrafts(strapi, uid) ? { publishedAt: status === 'draft' ? { $null: true } : { $notNull: true } } : {};

/** What the URL of an entry in the content manager consists of, besides its type and documentId, and whether there is one. */
export const placeOf = (strapi: Core.Strapi, uid: string, locale: unknown) => ({
  ...(typeof locale === 'string' && { locale }),
  ...(modelOf(strapi, uid).kind === 'singleType' && { single: true }),
  ...(modelOf(strapi, uid).pluginOptions?.['content-manager']?.visible === false && { hidden: true }),
});

/** The attribute that the content manager shows as an entry's title. */
export async function mainFieldOf(strapi: Core.Strapi, uid: string): Promise<string> {
  const contentTypes = strapi.plugin('content-manager').service('content-types');
  const { settings } = await contentTypes.findConfiguration({ uid });
  return settings?.mainField ?? 'documentId';
}

export const labelOf = (row: Record<string, unknown>, mainField: string) => String(row[mainField] ?? row.documentId);
