import type { Core } from '@strapi/strapi';
import { modelOf } from './models';

export function isLocalized(strapi: Core.Strapi, uid: string): boolean {
  return Boolean(strapi.plugin('i18n') && modelOf(strapi, uid).pluginOptions?.i18n?.localized);
}

/** The locales that entries of a type can have; of a type without locales, only undefined. */
export async function localesOf(strapi: Core.Strapi, uid: string): Promise<Array<string | undefined>> {
  if (!isLocalized(strapi, uid)) return [undefined];
  const locales: Array<{ code: string }> = await strapi.plugin('i18n').service('locales').find();
  return locales.map(({ code }) => code);
}
