import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { startPlayground } from '../helpers/strapi';
import { APP_DIR, playgroundEnv } from '../helpers/strapi-folder';

const CLI = path.resolve(__dirname, '../../dist/server/src/cli/main.js');
const ids: string[] = [];
let folder: string;

before(async () => {
  const shop = await startPlayground();
  folder = shop.folder;
  const files = await shop.upload(
    await Promise.all(
      ['#e00', '#d10', '#00e'].map(async (colour, at) => ({ name: `${at}.jpg`, bytes: await picture('disc', colour) })),
    ),
  );
  await searchable(shop, files);
  for (const [at, file] of files.entries()) {
    const status = at === 2 ? 'draft' : 'published';
    ids.push((await createProduct(shop, { name: `p${at}`, images: [file], status })).documentId);
  }
  await shop.stop({ keep: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [CLI, 'export', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...playgroundEnv(folder, {}) },
  });

test('writes the look-alikes of all published entries', () => {
  const out = path.join(folder, 'similar.json');
  const { status, stderr } = run('--app', APP_DIR, '--out', out);
  assert.equal(status, 0, stderr);
  const { entries } = JSON.parse(readFileSync(out, 'utf8'));
  assert.deepEqual(
    entries.map(({ type, documentId, locale }: Record<string, string>) => [type, documentId, locale]),
    [
      [PRODUCT, ids[0], 'en'],
      [PRODUCT, ids[1], 'en'],
    ],
  );
  assert.equal(entries[0].similar.length, 1, 'drafts are left out');
  const [first] = entries[0].similar;
  assert.equal(first.documentId, ids[1]);
  assert.equal(first.source, 'visual');
  assert.ok(first.similarity > 0.5 && first.similarity <= 1);
});

test('says what is wrong', () => {
  const { status, stderr } = run('--app', folder);
  assert.equal(status, 1);
  assert.match(stderr, /Expected the folder of a Strapi project/);
  assert.equal(run('-n', '0').status, 2);
});
