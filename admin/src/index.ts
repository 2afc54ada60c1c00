import { SquaresFour } from '@strapi/icons';
import type { StrapiApp } from '@strapi/strapi/admin';
import { MenuIcon } from './at-upload/MenuIcon';
import { FillRelated } from './fill/FillRelated';
import { SimilarPanel } from './panel/SimilarPanel';
import { prefixPluginTranslations } from './translations/prefix';
import { MANAGE, READ } from './utils/permissions';

const PLUGIN_ID = 'similar';

const label = (id: string, defaultMessage: string) => ({ id: `${PLUGIN_ID}.${id}`, defaultMessage });

interface ContentManager {
  apis: { addEditViewSidePanel(panels: unknown[]): void; addBulkAction(actions: unknown[]): void };
}

export default {
  register(app: StrapiApp) {
    app.registerPlugin({ id: PLUGIN_ID, name: PLUGIN_ID });
    app.addMenuLink({
      to: `plugins/${PLUGIN_ID}`,
      icon: MenuIcon as never,
      intlLabel: label('page.title', 'Similar items'),
      permissions: READ as never,
      Component: () => import('./pages/Page'),
    });
    app.addSettingsLink('global', {
      id: PLUGIN_ID,
      to: PLUGIN_ID,
      intlLabel: label('page.title', 'Similar items'),
      permissions: MANAGE as never,
      Component: () => import('./settings/SettingsPage'),
    });
    app.widgets.register({
      id: 'index',
      pluginId: PLUGIN_ID,
      icon: SquaresFour as never,
      title: label('page.title', 'Similar items'),
      link: { label: label('widget.open', 'Open similar items'), href: `/plugins/${PLUGIN_ID}` },
      permissions: READ,
      component: async () => (await import('./widget/Widget')).Widget,
    });
  },

  bootstrap(app: StrapiApp) {
    const contentManager = app.getPlugin('content-manager') as unknown as ContentManager;
    contentManager.apis.addEditViewSidePanel([SimilarPanel]);
    contentManager.apis.addBulkAction([FillRelated]);
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
