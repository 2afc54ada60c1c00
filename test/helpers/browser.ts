import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const OUTPUT = path.resolve(__dirname, '../output');

/** Why browser tests cannot run; undefined: they can. */
export const noBrowser = process.env.CHROMIUM_PATH ? undefined : process.env.CHROMIUM_MISSING || undefined;

/**
 * Strapi shows panels and bulk actions when the browser is idle, and Chromium says that it is idle beside the frames that it draws:
 * without a window and without a hand on the mouse there may be none for minutes.
 */
const KEEP_DRAWING = 'setInterval(() => requestAnimationFrame(() => {}), 500)';

export interface Login {
  email: string;
  password: string;
}

export interface AdminBrowser {
  browser: Browser;
  /** A page of a signed-in administrator, by default the one of `openBrowser`. */
  open(options?: BrowserContextOptions, as?: Login): Promise<Page>;
  close(): Promise<void>;
}

/** A real Chromium that is signed in to the admin panel at `url`. */
export async function openBrowser(url: string, login: Login): Promise<AdminBrowser> {
  const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

  async function open(options: BrowserContextOptions = {}, as = login): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
    context.setDefaultTimeout(45_000);
    await context.addInitScript(KEEP_DRAWING);
    const page = await context.newPage();
    await page.goto(`${url}/admin/auth/login`);
    await page.fill('input[name=email]', as.email);
    await page.fill('input[name=password]', as.password);
    await page.click('button[type=submit]');
    await page.waitForURL((at) => !at.pathname.includes('/auth/'));
    return page;
  }

  return { browser, open, close: () => browser.close() };
}

/** Kept in test/output, to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true });
  // What fades in is shown as it will be.
  await page.screenshot({ path: path.join(OUTPUT, `${name}.png`), animations: 'disabled' });
}
