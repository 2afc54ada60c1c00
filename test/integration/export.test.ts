import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import createKnex from 'knex';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { startPlayground } from '../helpers/strapi';
import { APP_DIR, playgroundEnv } from '../helpers/strapi-folder';

const CLI = path.resolve(__dirname, '../../dist/cli/main.js');
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

const run = (env: Record<string, string>, ...args: string[]) =>
  spawnSync(process.execPath, [CLI, 'export', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...playgroundEnv(folder, { env }) },
  });

const database = () =>
  createKnex({
    client: 'better-sqlite3',
    connection: { filename: path.join(folder, 'data.db') },
    useNullAsDefault: true,
  });

test('writes JSON and nothing else to standard output, whatever is logged; elsewhere with --out', () => {
  const toOut = run({ LOG_LEVEL: 'debug' }, '--app', APP_DIR);
  assert.equal(toOut.status, 0, toOut.stderr);
  assert.equal(JSON.parse(toOut.stdout).entries.length, 2);
  assert.match(toOut.stderr, /Shutting down Strapi/);

  const out = path.join(folder, 'similar.json');
  const { status, stdout, stderr } = run({}, '--app', APP_DIR, '--out', out);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '');
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

test('where there are no uploads it reads the same, and writes nothing to the database', async () => {
  const knex = database();
  const seen = async () => ({
    rows: await knex('similar_embeddings').orderBy('id'),
    records: await knex('similar_records').orderBy('name'),
  });
  const uploads = path.join(folder, 'public/uploads');
  try {
    // Queued by a hook, and not yet looked at by the server.
    await knex('similar_embeddings').limit(1).where({ file_id: 3 }).update({ state: 'pending', not_before: 0 });
    const before = await seen();
    assert.equal(before.rows.length, 3);
    renameSync(uploads, `${uploads}.away`);
    mkdirSync(uploads);
    const { status, stdout, stderr } = run({}, '--app', APP_DIR);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).entries.length, 2);
    assert.deepEqual(await seen(), before);
  } finally {
    rmSync(uploads, { recursive: true });
    renameSync(`${uploads}.away`, uploads);
    await knex.destroy();
  }
});

test('with --since, only what is different from last time, a line each', async () => {
  const state = path.join(folder, 'told');
  const since = () => {
    const { status, stdout, stderr } = run({}, '--app', APP_DIR, '--jsonl', '--since', state);
    assert.equal(status, 0, stderr);
    const lines = stdout.split('\n');
    assert.equal(lines.pop(), '');
    return lines.map((line) => JSON.parse(line));
  };
  const told = since();
  assert.deepEqual(
    told.map(({ type, documentId, locale, similar }) => [type, documentId, locale, similar.length]),
    [
      [PRODUCT, ids[0], 'en', 1],
      [PRODUCT, ids[1], 'en', 1],
    ],
  );
  assert.deepEqual(since(), [], 'nothing has changed');

  const knex = database();
  try {
    const published = knex('products').where({ document_id: ids[1] }).whereNotNull('published_at');
    const [{ published_at }] = await published.clone().select('published_at');
    await published.clone().update({ published_at: null });
    const [left, gone, ...more] = since();
    assert.deepEqual([left.documentId, left.similar], [ids[0], []], 'the other one has lost its look-alike');
    assert.deepEqual(gone, { type: PRODUCT, documentId: ids[1], locale: 'en', removed: true });
    assert.deepEqual(more, []);
    await knex('products')
      .where({ document_id: ids[1], id: (await knex('products').where({ document_id: ids[1] }).max('id as id'))[0].id })
      .update({ published_at });
    assert.deepEqual(since(), told);
  } finally {
    await knex.destroy();
  }
  const { status, stderr } = run({}, '--app', APP_DIR, '--since', path.join(folder, 'data.db'));
  assert.equal(status, 2);
  assert.match(stderr, /Expected a file that an earlier export has written for --since/);
});

test('says what is wrong', () => {
  const unwritable = run({}, '--app', APP_DIR, '--out', path.join(folder, 'none/similar.json'));
  assert.equal(unwritable.status, 1);
  assert.match(unwritable.stderr, /cannot be written.*FILE_UNREADABLE/);
  const { status, stderr } = run({}, '--app', folder);
  assert.equal(status, 1);
  assert.match(stderr, /Expected the folder of a Strapi project/);
  assert.equal(run({}, '-n', '0').status, 2);
});
