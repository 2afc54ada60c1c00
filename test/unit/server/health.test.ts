import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { Progress } from '../../../plugin/contracts/progress';
import { ERRORS } from '../../../plugin/errors';
import type { Similarity } from '../../../plugin/similarity';
import { health } from '../../../server/src/controllers/health';
import { createHealth } from '../../../server/src/services/health';

const READY: Progress = {
  space: 'efficientnet-lite0@1/lanczos3',
  model: 'efficientnet-lite0',
  words: false,
  engine: 'onnxruntime',
  device: 'cpu',
  total: 8,
  ready: 4,
  pending: 2,
  failed: 1,
  unsupported: 1,
  missing: 1,
  indexed: 4,
  rate: 0,
  embedded: 0,
  embedderRestarts: 0,
  index: { kind: 'usearch', mode: 'exact', state: 'ready', bytesOnDisk: 1, restarts: 0 },
  refinement: { state: 'off' },
  paused: false,
};

function of(progress: Partial<Progress>) {
  const core = { progress: async () => ({ ...READY, ...progress }) } as unknown as Similarity;
  return createHealth({ core: () => core }).get();
}

test('coverage is the share that has been processed, also of the space that is being built', async () => {
  const { ready, status, coverage, problems, next } = await of({});
  assert.deepEqual([ready, status, coverage, problems, next], [true, 'ok', 0.75, [], undefined]);
  assert.equal((await of({})).pictures.missing, 1);
  assert.equal((await of({ total: 0, pending: 0 })).coverage, 1);
  const switching = await of({ next: { ...READY, space: 'other', pending: 6 } });
  assert.deepEqual(switching.next, { space: 'other', coverage: 0.25 });
});

test('what needs an operator is named by its code, and messages with paths are not told', async () => {
  const path = '/srv/cms/public/.similar';
  const opening = { ...READY.index, state: 'opening' } as const;
  const cases: Array<[progress: Partial<Progress>, status: string, codes: string[]]> = [
    [{ problem: `cannot read ${path}` }, 'degraded', ['EMBEDDER_UNAVAILABLE']],
    [{ problem: 'many are missing', unseen: true }, 'degraded', ['LIBRARY_UNSEEN']],
    [{ index: opening }, 'unavailable', ['INDEX_UNAVAILABLE']],
    [
      { index: { ...opening, problem: path, code: 'PGVECTOR_UNAVAILABLE' } },
      'unavailable',
      ['INDEX_UNAVAILABLE', 'PGVECTOR_UNAVAILABLE'],
    ],
    [
      { index: { ...opening, problem: path, code: 'WEAVIATE_UNAVAILABLE' } },
      'unavailable',
      ['INDEX_UNAVAILABLE', 'WEAVIATE_UNAVAILABLE'],
    ],
    [
      { index: { ...READY.index, mode: 'fallback', problem: path, code: 'WEAVIATE_UNAVAILABLE' } },
      'degraded',
      ['WEAVIATE_UNAVAILABLE'],
    ],
    [
      { index: { ...READY.index, mode: 'fallback', problem: path, code: 'INDEX_UNAVAILABLE' } },
      'degraded',
      ['INDEX_UNAVAILABLE'],
    ],
    [{ index: opening, problem: path }, 'unavailable', ['INDEX_UNAVAILABLE', 'EMBEDDER_UNAVAILABLE']],
  ];
  for (const [progress, status, codes] of cases) {
    const found = await of(progress);
    assert.equal(found.status, status);
    assert.equal(found.ready, status !== 'unavailable');
    assert.deepEqual(
      found.problems.map(({ code }) => code),
      codes,
    );
    for (const { code, remedy } of found.problems) assert.equal(remedy, ERRORS[code as keyof typeof ERRORS].remedy);
    assert.ok(!JSON.stringify(found).includes(path));
  }
});

test('a node that answers no searches says 503, with the same body', async () => {
  for (const [state, status] of [
    ['ready', 200],
    ['opening', 503],
  ] as const) {
    const data = await of({ index: { ...READY.index, state } });
    const strapi = { config: { get: () => undefined }, plugin: () => ({ service: () => ({ get: async () => data }) }) };
    const headers: Record<string, string> = {};
    const set = (name: string, value: string) => {
      headers[name] = value;
    };
    const ctx = { query: {}, set } as unknown as Context;
    await health({ strapi: strapi as unknown as Core.Strapi }).find(ctx);
    assert.equal(ctx.status, status);
    assert.deepEqual(ctx.body, { data });
    assert.equal('Retry-After' in headers, status === 503);
    assert.equal(headers['Cache-Control'], 'no-store');
  }
});
