import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runChecks } from '../../../cli/checks/check';
import { folderCheck } from '../../../cli/checks/machine';
import { version } from '../../../package.json';
import { cli } from '../../helpers/cli';

let dir: string;
before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-doctor-test-'));
});
after(() => rm(dir, { recursive: true, force: true }));

describe('doctor', () => {
  test('outside of a project: machine, native parts and models, in words and as JSON', async () => {
    const env = { SIMILAR_MODEL_CACHE: dir, HTTPS_PROXY: 'http://me:secret@proxy.example' };
    const words = await cli(['doctor'], env);
    assert.equal(words.code, 0, words.out);
    assert.match(words.out, new RegExp(`^✔ strapi-plugin-similar: ${version}\n✔ Node\\.js: ${process.version} `));
    assert.match(words.out, /^✔ Decoder and engine: onnxruntime on cpu/m);
    assert.match(words.out, /^✔ Vector index: USearch works$/m);
    assert.match(words.out, /^! Models: .*resnet50 absent\n {2}→ It is downloaded at the first start/m);
    assert.match(words.out, /^✔ Proxy: HTTPS_PROXY is set/m);
    assert.doesNotMatch(words.out, /secret|Strapi:/);

    const json = await cli(['doctor', '--json'], env);
    const findings = JSON.parse(json.out);
    assert.deepEqual(Object.keys(findings[0]), ['name', 'state', 'detail']);
    assert.equal(findings.length, 9);
  });

  test('a problem has a remedy, and the exit code says so', async () => {
    const file = path.join(dir, 'file');
    await writeFile(file, '');
    const { code, out } = await cli(['doctor'], { SIMILAR_MODEL_CACHE: path.join(file, 'cache') });
    assert.equal(code, 1);
    assert.match(out, /^✖ Model cache: .*\n {2}→ Set models\.cacheDir/m);
  });

  test('a folder that is no project is said to be none', async () => {
    const { code, out } = await cli(['doctor', '--app', dir], { SIMILAR_MODEL_CACHE: dir });
    assert.equal(code, 1);
    assert.match(out, /^✖ Strapi: no Strapi in .*\n {2}→ Run it in the folder of a Strapi project/m);
    assert.equal((await cli(['doctor', 'now'])).code, 2);
  });
});

test('a project with a Strapi that is too old is told so, and none of it is loaded', async () => {
  const app = path.join(dir, 'old');
  const strapi = path.join(app, 'node_modules/@strapi/strapi');
  await mkdir(strapi, { recursive: true });
  await writeFile(path.join(strapi, 'package.json'), JSON.stringify({ version: '5.13.0', main: 'index.js' }));
  await writeFile(path.join(strapi, 'index.js'), 'throw new Error("loaded")');
  const { code, out, err } = await cli(['doctor', '--app', app], { SIMILAR_MODEL_CACHE: dir });
  assert.equal(code, 1, err);
  assert.match(out, /^✖ Strapi: 5\.13\.0\n {2}→ strapi-plugin-similar needs Strapi 5\.50\.2/m);
});

test('checks: what is thrown is a problem, and the others are looked at all the same', async () => {
  const findings = await runChecks([
    { name: 'a', run: () => Promise.reject(new Error('it broke\nmend it')) },
    folderCheck('b', path.join(dir, 'not', 'there', 'yet'), 'remedy'),
  ]);
  assert.deepEqual(findings[0], { name: 'a', state: 'problem', detail: 'it broke', remedy: 'mend it' });
  assert.deepEqual([findings[1].state, findings[1].remedy], ['ok', undefined]);
});
