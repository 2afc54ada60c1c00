import type { Core } from '@strapi/strapi';
import { isLocalized } from '../util/locales';
import { OTHER_NODES_MS, TtlCache } from './ttl-cache';

/** The locale that Strapi reads entries in when a request names none: Strapi itself asks the database for it each time. */
export function createDefaultLocale({ strapi }: { strapi: Core.Strapi }) {
  const memory = new TtlCache<string, string | null>(OTHER_NODES_MS, 1);

  return {
    /** Undefined for a type without locales. */
    async of(uid: string): Promise<string | undefined> {
      if (!isLocalized(strapi, uid)) return undefined;
      const known = memory.get('');
      if (known !== undefined) return known ?? undefined;
      const keep = memory.begin();
      const code: string | null = await strapi.plugin('i18n').service('locales').getDefaultLocale();
      keep('', code);
      return code ?? undefined;
    },

    /** Another one was chosen in Strapi's settings. */
    forget: () => memory.forget(),
  };
}

export type DefaultLocale = ReturnType<typeof createDefaultLocale>;
