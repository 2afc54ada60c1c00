import { useQueryParams } from '@strapi/strapi/admin';

interface LocaleQuery {
  plugins?: { i18n?: { locale?: string } };
}

/** The locale that the address names. */
export function useLocale(): string | undefined {
  const [{ query }] = useQueryParams<LocaleQuery>();
  return query?.plugins?.i18n?.locale;
}
