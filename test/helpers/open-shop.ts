import type { Page } from 'playwright-core';
import { type AdminBrowser, openBrowser } from './browser';
import { allIndexed } from './catalogue';
import { LOGIN, type StrapiClient } from './strapi-client';
import type { PlaygroundOptions } from './strapi-folder';
import { type PlaygroundProcess, spawnPlayground } from './strapi-process';

export interface OpenShop<Filled> {
  process: PlaygroundProcess;
  readonly client: StrapiClient;
  admin: AdminBrowser;
  /** What `fill` gave. */
  filled: Filled;
  /** Opens an address of the admin, such as `/plugins/similar`; products in English, unless it says otherwise. */
  visit(page: Page, path: string): Promise<void>;
  /** Has a page looked at by an administrator who reads German and likes it dark. */
  inGerman(path: string, look: (page: Page) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const PRODUCTS = '/content-manager/collection-types/api::product.product';

/** Without a locale Strapi draws a product, adds the locale and draws it anew: what is shown, filled in or ticked by then goes. */
function withLocale(path: string): string {
  const isBare = path.startsWith(PRODUCTS) && !path.includes('plugins[i18n][locale]');
  return isBare ? `${path}${path.includes('?') ? '&' : '?'}plugins[i18n][locale]=en` : path;
}

/**
 * A playground in a process of its own, with all of its pictures indexed, and a browser that is signed in.
 * @param fill what shall be in it.
 */
export async function openShop<Filled>(
  fill: (client: StrapiClient) => Promise<Filled>,
  options?: PlaygroundOptions,
): Promise<OpenShop<Filled>> {
  const process = await spawnPlayground(options);

  async function visit(page: Page, path: string): Promise<void> {
    await page.goto(`${process.client.url}/admin${withLocale(path)}`);
  }

  try {
    const filled = await fill(process.client);
    await allIndexed(process.client);
    const admin = await openBrowser(process.client.url, LOGIN);
    return {
      process,
      // Another one after each restart.
      get client() {
        return process.client;
      },
      admin,
      filled,
      visit,

      async inGerman(path, look) {
        const prefer = (preferedLanguage: string) =>
          process.client.admin('PUT', '/admin/users/me', { preferedLanguage });
        await prefer('de');
        const page = await admin.open({ colorScheme: 'dark', locale: 'de-DE' });
        await page.evaluate(
          `localStorage.setItem('strapi-admin-language', '"de"'), localStorage.setItem('STRAPI_THEME', 'dark')`,
        );
        await visit(page, path);
        await look(page);
        await page.context().close();
        await prefer('en');
      },

      async close() {
        await admin.close();
        await process.stop();
      },
    };
  } catch (error) {
    await process.stop();
    throw error;
  }
}
