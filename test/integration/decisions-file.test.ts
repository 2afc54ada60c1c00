import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Decision } from '../../plugin/contracts/decisions';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { APP_DIR, playgroundEnv } from '../helpers/strapi-folder';
import { until } from '../helpers/until';

const CLI = path.resolve(__dirname, '../../dist/cli/main.js');
const NAMES = ['red', 'paler', 'darker', 'blue'];
const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-decisions-'));
const file = path.join(dir, 'similar.json');
/** As the configuration file of the second environment fixes it. */
const FIXED = { config: { api: { cacheControl: 'no-store' } } };

const folders = { staging: '', production: '' };
const staging: { files: UploadedFile[]; ids: string[] } = { files: [], ids: [] };
let production: Playground;
let files: UploadedFile[];

async function bytesOf(names: readonly string[]) {
  const draw: Record<string, () => Promise<Buffer>> = {
    red: () => picture('disc', '#e00'),
    paler: () => picture('disc', '#d11'),
    darker: () => picture('disc', '#c22'),
    blue: () => picture('stripes', '#00e'),
    green: () => picture('stripes', '#0a0'),
  };
  return Promise.all(names.map(async (name) => ({ name: `${name}.jpg`, bytes: await draw[name]() })));
}

async function uploadTo(shop: Playground, names: readonly string[]): Promise<UploadedFile[]> {
  const uploaded: UploadedFile[] = [];
  for (const one of await bytesOf(names)) uploaded.push(...(await shop.upload([one])));
  await searchable(shop, uploaded);
  return uploaded;
}

const ok = async (answer: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const decide = (shop: Playground, rule: object) => ok(shop.admin('POST', '/similar/rules', { type: PRODUCT, ...rule }));
const verdict = (shop: Playground, kind: string, source: UploadedFile, target: UploadedFile) =>
  decide(shop, { kind, type: 'file', source: source.documentId, target: target.documentId });
const set = async (shop: Playground, changes: object) => {
  const { revision } = (await ok(shop.admin('GET', '/similar/settings'))) as { revision: number };
  await ok(shop.admin('PUT', '/similar/settings', { revision, changes }));
};

/** Beside the environments that run here, which go on meanwhile. */
function run(where: keyof typeof folders, ...args: string[]) {
  const options = where === 'production' ? FIXED : {};
  const env = { ...process.env, ...playgroundEnv(folders[where], options) };
  const command = [CLI, 'decisions', ...args, '--app', APP_DIR];
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, command, { env, timeout: 120_000 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

async function imported(...args: string[]) {
  const { status, stdout, stderr } = await run('production', 'import', file, ...args, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const rows = (shop: Playground) =>
  shop.strapi.db.connection('similar_rules').orderBy('id').select('kind', 'source', 'target', 'place', 'author');
const record = async (shop: Playground) => {
  const row = await shop.strapi.db.connection('similar_records').where({ name: 'settings' }).first('value');
  return JSON.parse(row?.value ?? '{}');
};
const everything = async () => ({ rows: await rows(production), record: await record(production) });

before(async () => {
  const shop = await startPlayground();
  folders.staging = shop.folder;
  staging.files = await uploadTo(shop, [...NAMES, 'green']);
  for (const [at, name] of NAMES.entries()) {
    staging.ids.push((await createProduct(shop, { name, images: [staging.files[at]] })).documentId);
  }
  const [red, , darker, blue, green] = staging.files;
  const [ofRed, ofPaler, ofDarker, ofBlue] = staging.ids;
  await decide(shop, { kind: 'pin', source: ofRed, target: ofBlue, place: 2 });
  await decide(shop, { kind: 'hide', source: red.documentId, target: ofDarker });
  await decide(shop, { kind: 'hide', target: ofPaler });
  await decide(shop, { kind: 'hide', type: 'file', target: green.documentId });
  // Groups are there once somebody has looked at them.
  await ok(shop.admin('GET', '/similar/duplicates?least=0.8'));
  await ok(shop.admin('POST', '/similar/verdicts', { kind: 'same', picture: darker.id, least: 0.8, count: 3 }));
  await verdict(shop, 'different', red, blue);
  await verdict(shop, 'different', red, green);
  await set(shop, {
    'thresholds.similar': 0.4,
    'api.cacheControl': 'public, max-age=9',
    'webhook.url': 'https://staging.example/hook',
    'webhook.secret': 'hush-hush-hush-hush',
  });
  await shop.stop({ keep: true });
  const { status, stderr } = await run('staging', 'export', file);
  assert.equal(status, 0, stderr);

  production = await startPlayground(FIXED);
  folders.production = production.folder;
  // Uploaded there again, in another order: ids, documentIds and Strapi's hashes are others.
  files = await uploadTo(production, ['blue', 'darker', 'paler', 'red']);
  for (const [at, name] of NAMES.entries()) {
    const { documentId } = await createProduct(production, { name, images: [files[3 - at]] });
    // As `strapi transfer` would have brought them, but for one.
    if (name === 'darker') continue;
    const { connection } = production.strapi.db;
    await connection('products').where({ document_id: documentId }).update({ document_id: staging.ids[at] });
  }
});
after(async () => {
  await production?.stop();
  if (folders.staging) rmSync(folders.staging, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
});

describe('decisions in a file', () => {
  test('are the same text each time, without ids of files and without secrets', async () => {
    const text = readFileSync(file, 'utf8');
    const { status, stdout, stderr } = await run('staging', 'export');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, text);
    const { settings, rules, verdicts, ...head } = JSON.parse(text);
    assert.deepEqual(head, { format: 'similar-decisions', version: 1 });
    assert.deepEqual(settings, { 'api.cacheControl': 'public, max-age=9', 'thresholds.similar': 0.4 });
    assert.equal(rules.length, 4);
    assert.deepEqual(
      verdicts.map(({ kind, pictures }: { kind: string; pictures: unknown[] }) => [kind, pictures.length]),
      [
        ['different', 2],
        ['different', 2],
        ['same', 3],
      ],
    );
    for (const { documentId } of staging.files) assert.ok(!text.includes(documentId));
    assert.ok(!text.includes('hush') && !text.includes('staging.example'));
    const { stdout: part } = await run('staging', 'export', '--only', ' verdicts');
    assert.deepEqual(Object.keys(JSON.parse(part)), ['format', 'version', 'verdicts']);
  });

  test('are said first, then come, and a second time there is nothing to do', async () => {
    const before = await everything();
    const dry = await imported('--dry-run');
    assert.deepEqual(await everything(), before, 'a dry run writes nothing');
    const done = await imported();
    assert.deepEqual(done, dry);

    assert.deepEqual(done.settings, {
      added: [{ kind: 'setting', key: 'thresholds.similar' }],
      changed: [],
      removed: [],
      skipped: [{ what: { kind: 'setting', key: 'api.cacheControl' }, why: 'fixed' }],
      unchanged: 0,
    });
    assert.deepEqual(await record(production), { 'thresholds.similar': 0.4 });
    const [ofRed, ofPaler, ofDarker, ofBlue] = staging.ids;
    const [blue, darker, paler, red] = files.map(({ documentId }) => documentId);
    const [noDarker, noGreen] = [
      { type: PRODUCT, documentId: ofDarker },
      { type: 'file', label: 'green.jpg' },
    ];
    assert.deepEqual(
      new Set(done.rules.skipped),
      new Set([
        {
          what: { kind: 'hide', item: noDarker, on: { type: 'file', label: 'red.jpg' } },
          why: 'no-entry',
          item: noDarker,
        },
        { what: { kind: 'hide', item: noGreen }, why: 'no-file', item: noGreen },
      ]),
    );
    const [skipped, ...others] = done.verdicts.skipped;
    assert.deepEqual([skipped.why, skipped.item, others], ['no-file', noGreen, []]);
    assert.deepEqual(
      new Set(skipped.what.pictures.map(({ label }: { label: string }) => label)),
      new Set(['red.jpg', 'green.jpg']),
    );
    const decided = (await rows(production)).map(({ author, ...row }) => row);
    const pairs = decided.filter(({ kind }) => kind === 'same' || kind === 'different');
    const rules = decided.filter((row) => !pairs.includes(row));
    assert.deepEqual(
      new Set(rules),
      new Set([
        { kind: 'pin', source: ofRed, target: ofBlue, place: 2 },
        { kind: 'hide', source: '', target: ofPaler, place: null },
      ]),
    );
    const ends = (of: string) =>
      pairs.filter(({ kind }) => kind === of).map(({ source, target }) => [source, target].sort());
    assert.deepEqual(ends('different'), [[red, blue].sort()]);
    assert.equal(ends('same').length, 2);
    assert.deepEqual(new Set(ends('same').flat()), new Set([red, paler, darker]));
    const { decisions } = (await ok(production.admin('GET', '/similar/decisions'))) as { decisions: Decision[] };
    assert.equal(decisions.find(({ kind }) => kind === 'pin')?.author, 'Test Admin');

    const after = await everything();
    const again = await imported('--replace');
    for (const part of ['settings', 'rules', 'verdicts']) {
      const { added, changed, removed } = again[part];
      assert.deepEqual([added, changed, removed], [[], [], []], part);
    }
    assert.deepEqual(await everything(), after);
    const { stdout } = await run('production', 'import', file);
    assert.match(stdout, /Nothing to do\./);
    assert.match(stdout, /^ {2}! api\.cacheControl: the configuration file sets it here$/m);
    assert.match(stdout, /^ {2}! hide green\.jpg everywhere: green\.jpg: no file here has this hash/m);
  });

  test('hold on a node that runs, without a restart', async () => {
    await until('the threshold of the file holds', async () => {
      const { settings } = (await ok(production.admin('GET', '/similar/settings'))) as {
        settings: Record<string, { value: unknown }>;
      };
      return settings['thresholds.similar'].value === 0.4;
    });
    const [ofRed, , , ofBlue] = staging.ids;
    await until('the product that the file pins is listed as pinned', async () => {
      const { body } = await production.api(`/api/similar/${ofRed}?type=${PRODUCT}`);
      const at = body.data.findIndex(({ entry }: { entry: { documentId: string } }) => entry.documentId === ofBlue);
      return at >= 0 && body.data[at].source === 'pinned';
    });
  });

  test('leave alone what is decided here, unless it is to be replaced; parts are taken apart', async () => {
    const [ofRed, ofPaler, , ofBlue] = staging.ids;
    await decide(production, { kind: 'pin', source: ofBlue, target: ofRed, place: 1 });
    await decide(production, { kind: 'pin', source: ofRed, target: ofBlue, place: 5 });
    await verdict(production, 'different', files[0], files[1]);
    await set(production, { 'webhook.url': 'https://production.example/hook', 'thresholds.nearDuplicate': 0.97 });
    const kept = await imported();
    assert.equal(kept.rules.changed.length, 1);
    assert.deepEqual([kept.rules.removed, kept.verdicts.removed, kept.settings.removed], [[], [], []]);

    assert.deepEqual(Object.keys(await imported('--only', 'settings', '--replace')), ['settings']);
    assert.deepEqual(await record(production), {
      'thresholds.similar': 0.4,
      'webhook.url': 'https://production.example/hook',
    });
    const replaced = await imported('--replace');
    assert.equal(replaced.rules.removed.length, 1);
    const entry = (documentId: string) => ({ type: PRODUCT, documentId });
    assert.deepEqual(replaced.rules.removed, [{ kind: 'pin', item: entry(ofRed), on: entry(ofBlue), place: 1 }]);
    const pictures = [files[0], files[1]]
      .toSorted((a, b) => (a.documentId < b.documentId ? -1 : 1))
      .map(({ name }) => ({ type: 'file', label: name }));
    assert.deepEqual(replaced.verdicts.removed, [{ kind: 'different', pictures }]);
    const left = (await rows(production)).filter(({ kind }) => kind === 'hide').map(({ target }) => target);
    assert.deepEqual(left, [ofPaler]);
  });

  test('a file that is wrong changes nothing and names the place', async () => {
    const before = await everything();
    const good = JSON.parse(readFileSync(file, 'utf8'));
    const bad = path.join(dir, 'bad.json');
    const refused = async (content: unknown) => {
      writeFileSync(bad, typeof content === 'string' ? content : JSON.stringify(content));
      const { status, stdout, stderr } = await run('production', 'import', bad, '--replace');
      assert.deepEqual([status, stdout], [1, ''], stderr);
      return stderr;
    };
    assert.match(await refused('{'), /no JSON.*\[DECISIONS_INVALID\]\n.*Nothing was changed/);
    assert.match(await refused({ ...good, rules: [{ kind: 'pin' }] }), /rules\.0\..*DECISIONS_INVALID/);
    // It fits the file, and not the project: rules of the same file are not taken either.
    const odd = { ...good, rules: [], settings: { contentTypes: { 'api::nothing.nothing': '*' } } };
    assert.match(await refused(odd), /api::nothing\.nothing.*DECISIONS_INVALID/);
    assert.deepEqual(await everything(), before);
    const none = await run('production', 'import', path.join(dir, 'none.json'));
    assert.equal(none.status, 1);
    assert.match(none.stderr, /Cannot read the file of decisions .*it does not exist \[FILE_UNREADABLE\]/);
  });
});

test('wrong usage is said before anything is loaded', async () => {
  for (const [args, words] of [
    [['import'], /Expected the file to import/],
    [['move'], /Expected export or import/],
    [['export', '--replace'], /--replace is not for "decisions export"/],
    [['import', file, 'more'], /Unexpected argument "more"/],
    [
      ['import', file, '--only', 'rules,boosts'],
      /Expected some of settings,rules,verdicts for --only but received "rules,boosts"/,
    ],
  ] as Array<[string[], RegExp]>) {
    const { status, stderr } = await run('staging', ...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, words);
  }
});
