import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { version } from '../../../package.json';
import { cli } from '../../helpers/cli';

let dir: string;
let pictures: string;

before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-cli-'));
  pictures = path.join(dir, 'pictures');
  await mkdir(path.join(pictures, 'more'), { recursive: true });
  await draw('circle-red.png', '<circle cx="100" cy="100" r="70" fill="#c22"/>');
  await draw('circle-pink.png', '<circle cx="104" cy="98" r="66" fill="#d45"/>');
  await draw(
    'more/stripes.png',
    '<path d="M0 20h200M0 60h200M0 100h200M0 140h200M0 180h200" stroke="#226" stroke-width="16"/>',
  );
  await writeFile(path.join(pictures, 'damaged.jpg'), Buffer.from('ffd8ffe000104a464946', 'hex'));
  await writeFile(path.join(pictures, 'notes.txt'), 'no picture');
});
after(() => rm(dir, { recursive: true, force: true }));

async function draw(name: string, shapes: string): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="200" height="200" fill="#eee"/>${shapes}</svg>`;
  await sharp(Buffer.from(svg)).png().toFile(path.join(pictures, name));
}

const run = (...args: string[]) => cli(args, { XDG_CACHE_HOME: path.join(dir, 'cache') });

describe('usage', () => {
  test('needs no Strapi', async () => {
    const hidden = path.join(dir, 'without-strapi.cjs');
    await writeFile(
      hidden,
      `const Module = require('node:module');
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (name, ...more) {
        if (/^@strapi\\//.test(name)) throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' });
        return resolve.call(this, name, ...more);
      };`,
    );
    const without = (...args: string[]) => cli(args, { NODE_OPTIONS: `--require=${hidden}`, SIMILAR_MODEL_CACHE: dir });
    for (const args of [
      ['--help'],
      ['model', 'list'],
      ['doctor'],
      ['folder', pictures, '--query', path.join(pictures, 'circle-red.png')],
    ]) {
      const { code, err } = await without(...args);
      assert.equal(code, 0, `${args[0]}: ${err}`);
    }
    const { code, err } = await without('export', '--app', dir);
    assert.equal(code, 1);
    assert.match(err, /Expected the folder of a Strapi project but found none/);
  });

  test('--help lists the commands, and each has its own help', async () => {
    const all = await run('--help');
    assert.equal(all.code, 0);
    assert.match(all.out, /^ {2}folder +find look-alikes/m);
    const one = await run('folder', '--help');
    assert.equal(one.code, 0);
    assert.match(one.out, /--query <file>/);
  });

  test('--version is that of the package', async () => {
    assert.deepEqual(await run('--version'), { code: 0, out: `${version}\n`, err: '' });
  });

  for (const [args, message] of [
    [[], /Expected a command/],
    [['foldr'], /Unknown command "foldr"/],
    [['toString'], /Unknown command "toString"/],
    [['folder'], /Expected one folder but received 0/],
    [['folder', 'a', 'b', '--query', 'c'], /Expected one folder but received 2/],
    [['folder', '.'], /Expected --query/],
    [['folder', '.', '--query', 'a.jpg', '-n', '0'], /for -n but received "0"/],
    [['folder', '.', '--query', 'a.jpg', '-n', 'seven'], /for -n but received "seven"/],
    [['folder', '.', '--query', 'a.jpg', '--colour'], /Unknown option '--colour'/],
  ] as const) {
    test(`wrong usage ends with 2: ${args.join(' ') || 'nothing'}`, async () => {
      const { code, out, err } = await run(...args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
      assert.match(err, /--help/);
      assert.doesNotMatch(err, /\n {4}at /, 'no stack');
    });
  }
});

describe('folder', () => {
  const query = () => path.join(pictures, 'circle-red.png');

  test('prints the nearest first; failures and progress go to standard error', async () => {
    const { code, out, err } = await run('folder', pictures, '--query', query());
    assert.equal(code, 0, err);
    const lines = out.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[0], /^similarity {2}picture$/);
    assert.match(lines[1], /^ +0\.\d{3} {2}.*circle-pink\.png$/);
    assert.match(lines[2], /^ +0\.\d{3} {2}.*stripes\.png$/);
    assert.match(err, /^failed: .*damaged\.jpg: .* \[DECODE_FAILED\]$/m);
    assert.match(err, /^Embedding 4\/4/m);
  });

  test('--json has a stable shape', async () => {
    const { code, out } = await run('folder', pictures, '--query', query(), '-n', '1', '--json');
    assert.equal(code, 0);
    const answer = JSON.parse(out);
    assert.deepEqual(Object.keys(answer), [
      'query',
      'model',
      'space',
      'device',
      'size',
      'neighbours',
      'failed',
      'skipped',
    ]);
    assert.equal(answer.query, query());
    assert.equal(answer.size, 3);
    assert.deepEqual(
      answer.neighbours.map((neighbour: { path: string }) => neighbour.path),
      [path.join(pictures, 'circle-pink.png')],
    );
    assert.ok(answer.neighbours[0].similarity > 0.5 && answer.neighbours[0].similarity < 1);
    assert.equal(answer.failed[0].path, path.join(pictures, 'damaged.jpg'));
    assert.equal(answer.failed[0].code, 'DECODE_FAILED');
  });

  test('a query that is not there is said before anything is embedded', async () => {
    const gone = path.join(dir, 'gone.jpg');
    const { code, out, err } = await run('folder', pictures, '--query', gone, '--no-cache');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^Cannot read the picture .*gone\.jpg: it does not exist \[FILE_UNREADABLE\]/);
  });

  test('a home folder that is not there is no obstacle, and what is wrong is said without a stack', async () => {
    const homeless = { HOME: path.join(dir, 'nowhere'), XDG_CACHE_HOME: '' };
    const { code, err } = await cli(['folder', pictures, '--query', query()], homeless);
    assert.equal(code, 0, err);
    const file = path.join(dir, 'file');
    await writeFile(file, '');
    const blocked = await cli(['folder', pictures, '--query', query(), '--html', path.join(file, 'x.html')]);
    assert.equal(blocked.code, 1);
    assert.doesNotMatch(blocked.err, /^ {4}at /m);
  });

  test('--html writes the contact sheet', async () => {
    const sheet = path.join(dir, 'sheet.html');
    const { code, err } = await run('folder', pictures, '--query', query(), '--html', sheet);
    assert.equal(code, 0, err);
    assert.match(err, /Contact sheet: /);
    const html = await readFile(sheet, 'utf8');
    assert.equal(html.match(/<img src="data:image\/webp/g)?.length, 1 + 2 + 3);
  });

  test('a picture outside the folder can be asked about', async () => {
    const outside = path.join(dir, 'outside.bin');
    await copyFile(query(), outside);
    const { out } = await run('folder', pictures, '--query', outside, '-n', '1', '--json');
    const [first] = JSON.parse(out).neighbours;
    assert.equal(first.path, query());
    assert.ok(first.similarity > 0.999);
  });

  test('what cannot be done ends with 1, the reason and a remedy', async () => {
    const empty = path.join(dir, 'empty');
    await mkdir(empty);
    const damaged = path.join(pictures, 'damaged.jpg');
    const unwritable = path.join(dir, 'gone', 'sheet.html');
    for (const [args, code] of [
      [[path.join(dir, 'gone'), '--query', query()], 'FILE_UNREADABLE'],
      [[empty, '--query', query()], 'NO_PICTURES'],
      [[pictures, '--query', path.join(dir, 'gone.png')], 'FILE_UNREADABLE'],
      [[pictures, '--query', damaged], 'DECODE_FAILED'],
      [[pictures, '--query', query(), '--model', 'nonesuch'], 'UNKNOWN_MODEL'],
      [[pictures, '--query', query(), '--html', unwritable], 'FILE_UNREADABLE'],
    ] as const) {
      const plain = await run('folder', ...args);
      assert.equal(plain.code, 1, args.join(' '));
      assert.equal(plain.out, '');
      assert.match(plain.err, new RegExp(`\\[${code}\\]\\n`));
      assert.doesNotMatch(plain.err, /\n {4}at /, 'no stack');
    }
    const json = await run('folder', empty, '--query', query(), '--json');
    assert.equal(json.code, 1);
    assert.equal(JSON.parse(json.out).error.code, 'NO_PICTURES');
    assert.equal(existsSync(path.dirname(unwritable)), false);
  });
});
