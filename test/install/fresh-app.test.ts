import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Progress } from '../../plugin/contracts/progress';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import { OLDEST } from '../../server/src/util/strapi-version';
import {
  createFreshApp,
  type FreshApp,
  type FreshAppOptions,
  PROGRAMS,
  packPlugin,
  readmeBlock,
  type StartedApp,
} from '../helpers/fresh-app';
import { picture } from '../helpers/pictures';
import { connect } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const APPS: FreshAppOptions[] = [
  { strapi: '5.54.0', language: 'typescript', manager: 'npm' },
  { strapi: OLDEST, language: 'javascript', manager: 'pnpm' },
];

/** What README tells a newcomer, done by its own words. */
for (const options of APPS) {
  const { strapi, language, manager } = options;
  describe(`in a fresh Strapi ${strapi} project, ${language}, ${manager}`, () => {
    let app: FreshApp;
    let tarball: string;
    let started: StartedApp | undefined;

    before(async () => {
      tarball = await packPlugin();
      app = await createFreshApp(options);
    });
    after(async () => {
      await started?.stop();
      app?.remove();
      if (tarball) rmSync(path.dirname(tarball), { recursive: true });
    });

    const config = path.join('config', language === 'typescript' ? 'plugins.ts' : 'plugins.js');
    const withConfig = (text: string) => writeFileSync(path.join(app.dir, config), text);

    async function start(): Promise<StartedApp> {
      started = await app.start();
      return started;
    }
    async function stop(): Promise<void> {
      await started?.stop();
      started = undefined;
    }

    /** Uploads pictures with a token, and asks for their look-alikes until the first are there. */
    async function findsLookAlikes({ url }: StartedApp): Promise<Progress> {
      const client = await connect(url);
      const named = `all ${Date.now()}`;
      const { body } = await client.admin('POST', '/admin/api-tokens', {
        name: named,
        description: '',
        type: 'full-access',
        lifespan: null,
      });
      const headers = { Authorization: `Bearer ${body.data.accessKey}` };
      const files = await client.upload([
        { name: 'red.jpg', bytes: await picture('disc', '#e00') },
        { name: 'red-2.jpg', bytes: await picture('disc', '#d11') },
        { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
      ]);
      const ask = () => client.api<SimilarResponse>(`/api/similar/${files[0].id}?pagination[limit]=7`, { headers });
      await until(
        'look-alikes are found',
        async () => {
          const { status, body } = await ask();
          assert.equal(status, 200, JSON.stringify(body));
          return body.data.length >= 2;
        },
        85_000,
      );
      assert.match(String((await ask()).body.data[0].file?.name), /^red/);
      return (await client.admin<Progress>('GET', '/similar/progress')).body;
    }

    test('installs by README’s command', async () => {
      const [line] = readmeBlock('Install', 'sh').split('#');
      const words = line
        .trim()
        .split(/\s+/)
        .map((word) => (word === 'strapi-plugin-similar' ? tarball : word));
      const [, ...args] = manager === 'npm' ? words : ['pnpm', 'add', tarball];
      assert.ok(args.includes(tarball));
      const [command, ...first] = PROGRAMS[manager];
      await app.run(command, [...first, ...args]);
      assert.ok(existsSync(path.join(app.dir, 'node_modules/strapi-plugin-similar/dist/server/src/index.js')));
    });

    test('is built, starts, and finds look-alikes', async (t) => {
      const shown = readmeBlock('Install', 'js');
      withConfig(language === 'typescript' ? shown.replace('module.exports =', 'export default') : shown);
      await app.run('npm', ['run', 'build']);
      const running = await start();
      const { cms } = running.memoryMb();
      const { engine, device, slowBecause } = await findsLookAlikes(running);
      assert.deepEqual(
        { engine, device, slowBecause },
        { engine: 'onnxruntime', device: 'cpu', slowBecause: undefined },
      );
      const { children } = running.memoryMb();
      t.diagnostic(
        `with the plugin: boot ${running.bootSeconds.toFixed(1)} s, CMS ${cms.toFixed(0)} MiB, its processes ${children.toFixed(0)} MiB`,
      );
      await stop();
    });

    test('without it: boot and memory, to compare', async (t) => {
      const effective = language === 'typescript' ? path.join('dist', 'config', 'plugins.js') : config;
      const before = readFileSync(path.join(app.dir, effective), 'utf8');
      writeFileSync(path.join(app.dir, effective), 'module.exports = () => ({ similar: { enabled: false } });');
      const bare = await start();
      const status = (await fetch(`${bare.url}/api/similar/1`)).status;
      assert.equal(status, 404);
      t.diagnostic(
        `without the plugin: boot ${bare.bootSeconds.toFixed(1)} s, CMS ${bare.memoryMb().cms.toFixed(0)} MiB`,
      );
      await stop();
      writeFileSync(path.join(app.dir, effective), before);
    });

    test('where no native part can be loaded it works all the same, and says why it is slow', async () => {
      const plugin = path.join(app.dir, 'node_modules/strapi-plugin-similar');
      // As the loader sees it on a system with another C library.
      for (const [name, part] of [
        ['onnxruntime-node-cpu', 'bin'],
        ['usearch', 'prebuilds'],
      ]) {
        let folder = path.dirname(require.resolve(name, { paths: [realpathSync(plugin)] }));
        while (!existsSync(path.join(folder, part))) folder = path.dirname(folder);
        rmSync(path.join(folder, part), { recursive: true });
      }
      const { engine, device, slowBecause } = await findsLookAlikes(await start());
      assert.deepEqual([engine, device], ['wasm', 'wasm']);
      assert.match(slowBecause ?? '', /onnxruntime-node-cpu: Cannot find module/);
      assert.match(started?.output() ?? '', /runs as WebAssembly, about seven times slower/);
      await stop();
    });
  });
}
