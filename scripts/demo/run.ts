import { once } from 'node:events';
import path from 'node:path';
import { type Core, createStrapi } from '@strapi/strapi';
import { createLogin } from './admin';
import { planFilling } from './fill';
import type { PictureChoice } from './pictures';
import { showProgress } from './progress';
import { askForSample, type Sample } from './sample';

const PLAYGROUND = path.resolve(__dirname, '../../playground');

export interface DemoOptions extends PictureChoice {
  port: number;
  /** End after everything was shown to work. */
  once: boolean;
}

async function fillAndIndex(strapi: Core.Strapi, choice: PictureChoice): Promise<void> {
  const plan = await planFilling(strapi, choice);
  if (plan.missing.length > 0) {
    console.log(`Filling the shop: ${plan.missing.length} products, ${plan.pictures} pictures`);
  }
  const filling = plan.run();
  const progress = await showProgress(strapi, plan.pictures, filling);
  const leftOut = await filling;
  for (const { sku, reason } of leftOut) console.warn(`Left out ${sku}: ${reason}`);
  const refused = progress.failed + progress.unsupported;
  const problems = refused > 0 ? `; ${refused} could not be read` : '';
  // The second time there is nothing to embed, and the engine may still be starting.
  const device = ['none', 'unknown'].includes(progress.device) ? '' : ` on ${progress.device}`;
  console.log(`${progress.indexed} pictures can be found (${progress.model}${device})${problems}`);
}

function printGuide(base: string, login: { email: string; password: string }, { url, name, neighbours }: Sample): void {
  const list = neighbours.map((neighbour) => `    ${(neighbour.similarity ?? 0).toFixed(3)}  ${neighbour.name}`);
  console.log(`
  Shop       ${base}/shop/index.html
  Admin      ${base}/admin
  Login      ${login.email}
  Password   ${login.password}   (new in every run)

  What looks like “${name}”?
    curl -g '${url}'
${list.join('\n')}
`);
}

/** Starts the shop in this process, fills it, and shows how to use it. Ctrl-C ends it in order: Strapi sees to that. */
export async function runDemo({ port, once: endAtOnce, images, limit }: DemoOptions): Promise<void> {
  console.log('Starting the shop');
  const strapi = await createStrapi({ appDir: PLAYGROUND, distDir: path.join(PLAYGROUND, 'dist') }).start();
  if (!strapi.server.httpServer.listening) await once(strapi.server.httpServer, 'listening');
  const base = `http://127.0.0.1:${port}`;
  try {
    await fillAndIndex(strapi, { images, limit });
    printGuide(base, await createLogin(strapi), await askForSample(strapi, base));
  } catch (error) {
    await strapi.destroy();
    throw error;
  }
  if (endAtOnce) {
    await strapi.destroy();
    process.exit(0);
  }
  console.log('Serving until Ctrl-C.');
}
