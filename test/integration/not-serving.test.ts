import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createStrapi } from '@strapi/strapi';
import createKnex from 'knex';
import { APP_DIR, createFolder, DIST_DIR, playgroundEnv } from '../helpers/strapi-folder';
import { until } from '../helpers/until';

const STRAPI_BIN = path.join(path.dirname(require.resolve('@strapi/strapi/package.json')), 'bin/strapi.js');
const folder = createFolder();
const env = playgroundEnv(folder, {});
let child: ChildProcess | undefined;
after(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

const PICTURE = {
  name: 'a.jpg',
  hash: 'a',
  ext: '.jpg',
  mime: 'image/jpeg',
  size: 1,
  url: '/uploads/a.jpg',
  provider: 'local',
};

/** What there is in the plugin's tables. */
async function found() {
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: { filename: path.join(folder, 'data.db') },
    useNullAsDefault: true,
  });
  try {
    const queue = await knex('similar_embeddings').select('file_id', 'state').orderBy('file_id');
    return { queue, records: await knex('similar_records').pluck('name') };
  } finally {
    await knex.destroy();
  }
}

test('Strapi that is loaded and never listens queues what is uploaded there, and does nothing else', async () => {
  const cwd = process.cwd();
  Object.assign(process.env, env);
  process.chdir(APP_DIR);
  const load = () =>
    createStrapi({ appDir: APP_DIR, distDir: DIST_DIR, serveAdminPanel: false, autoReload: false } as never).load();
  try {
    const first = await load();
    const files = first.db.query('plugin::upload.file');
    const { id } = await files.create({ data: PICTURE });
    // Behind the hooks' back: the first sweep would find it.
    const { id: _, document_id: __, ...row } = await first.db.connection('files').where({ id }).first();
    await first.db.connection('files').insert({ ...row, id: 500, document_id: 'behind' });
    await first.destroy();
    const second = await load();
    await second.destroy();
    assert.deepEqual(await found(), { queue: [{ file_id: id, state: 'pending' }], records: [] });
  } finally {
    process.chdir(cwd);
  }
});

test('strapi console listens, and starts nothing either', async () => {
  const before = await found();
  let printed = '';
  child = spawn(process.execPath, [STRAPI_BIN, 'console'], {
    cwd: APP_DIR,
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  await until('somebody can type', () => printed.includes('> '));
  // Ends with all that was begun: a sweep would be waited for.
  child.stdin?.write("strapi.destroy().then(() => console.log('all' + ' ended'))\n");
  await until('Strapi has ended', () => printed.includes('all ended'));
  child.stdin?.write('.exit\n');
  await ended;
  assert.deepEqual(await found(), before);
});
