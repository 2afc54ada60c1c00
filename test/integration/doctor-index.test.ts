import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '../../cli/checks/check';
import { APP_DIR, createFolder, playgroundEnv } from '../helpers/strapi-folder';
import { startWeaviate, type WeaviateServer, weaviateMissing } from '../helpers/weaviate';

const CLI = path.resolve(__dirname, '../../dist/cli/main.js');

describe('doctor on a project with Weaviate', { skip: weaviateMissing() ?? false }, () => {
  const folder = createFolder();
  let server: WeaviateServer;

  before(async () => {
    server = await startWeaviate();
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function weaviate(change: object = {}): { status: number | null; finding?: Finding } {
    const { url, grpcUrl } = server.nodes[0];
    const config = { index: { provider: 'weaviate' as const, weaviate: { url, grpcUrl, ...change } } };
    const { status, stdout } = spawnSync(process.execPath, [CLI, 'doctor', '--app', APP_DIR, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ...playgroundEnv(folder, { config }) },
      timeout: 80_000,
    });
    return { status, finding: (JSON.parse(stdout) as Finding[]).find(({ name }) => name === 'Weaviate') };
  }

  test('a server that answers is named with its version', () => {
    const { finding } = weaviate();
    assert.equal(finding?.state, 'ok');
    assert.match(finding?.detail ?? '', /^version \d+\.\d+\.\d+ at http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('a gRPC port that is closed is a problem, although the server is ready', () => {
    const { status, finding } = weaviate({ grpcUrl: 'http://127.0.0.1:1' });
    assert.deepEqual([status, finding?.state], [1, 'problem']);
    assert.match(finding?.detail ?? '', /refuses a request: .*127\.0\.0\.1:1/);
  });

  test('a server that is away is a problem; the remedy says what searches get meanwhile', async () => {
    await server.nodes[0].kill();
    const { status, finding } = weaviate();
    assert.deepEqual([status, finding?.state], [1, 'problem']);
    assert.match(finding?.detail ?? '', /does not answer/);
    assert.match(finding?.remedy ?? '', /searches compare the stored vectors/);
  });
});
