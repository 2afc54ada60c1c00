/** Strapi keeps the texts of all plugins in one object: keys need the plugin's name in front. */
export const prefixPluginTranslations = (texts: Record<string, string>, pluginId: string): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${pluginId}.${key}`, text]));
