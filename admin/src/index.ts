import { prefixPluginTranslations } from './translations/prefix';

const PLUGIN_ID = 'similar';

interface AdminApp {
  registerPlugin(plugin: { id: string; name: string }): void;
}

export default {
  register(app: AdminApp) {
    app.registerPlugin({ id: PLUGIN_ID, name: PLUGIN_ID });
  },

  async registerTrads({ locales }: { locales: string[] }) {
    return Promise.all(
      locales.map(async (locale) => {
        try {
          const { default: texts } = await import(`./translations/${locale}.json`);
          return { data: prefixPluginTranslations(texts, PLUGIN_ID), locale };
        } catch {
          // A language without translations falls back to English.
          return { data: {}, locale };
        }
      }),
    );
  },
};
