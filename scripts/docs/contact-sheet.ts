/**
 * Draws docs/images/contact-sheet.png: the demo's catalogue, searched by the command line, seen by Chromium.
 * Usage: node --import tsx scripts/docs/contact-sheet.ts [path of chromium]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { run } from '../../cli/run';
import { catalogue } from '../demo/catalogue/products';
import { renderShot } from '../demo/catalogue/shots';

const ROOT = path.resolve(__dirname, '../..');
const QUERY = 'sneaker';

async function draw(folder: string): Promise<string> {
  let query = '';
  for (const product of catalogue()) {
    const file = path.join(folder, `${product.name.en.replace(/[^\p{L}\d]+/gu, '-').toLowerCase()}.jpg`);
    await writeFile(file, await renderShot(product, 'front'));
    if (!query && product.family.noun.en.includes(QUERY)) query = file;
  }
  return query;
}

async function screenshot(page: string): Promise<Buffer> {
  const browser = await chromium.launch({
    executablePath: process.argv[2] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const tab = await browser.newPage({ viewport: { width: 1060, height: 800 } });
    await tab.goto(pathToFileURL(page).href);
    return await tab.screenshot({ fullPage: true });
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'similar-docs-'));
  try {
    const folder = path.join(dir, 'catalogue');
    await mkdir(folder);
    const query = await draw(folder);
    const sheet = path.join(dir, 'sheet.html');
    const args = ['folder', folder, '--query', query, '-n', '10', '--html', sheet, '--no-cache'];
    if ((await run(args, { out: process.stdout, err: process.stderr })) !== 0) throw new Error('No contact sheet');
    const target = path.join(ROOT, 'docs/images/contact-sheet.png');
    await mkdir(path.dirname(target), { recursive: true });
    await sharp(await screenshot(sheet))
      .png({ palette: true, quality: 90, effort: 10 })
      .toFile(target);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

void main();
