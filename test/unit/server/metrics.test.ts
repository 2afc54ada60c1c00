import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { register } from 'prom-client';
import type { Progress } from '../../../plugin/contracts/progress';
import { SimilarError } from '../../../plugin/errors';
import type { CountOptions, FailureCounts } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import { metrics as metricsController } from '../../../server/src/controllers/metrics';
import { loadPromClient } from '../../../server/src/metrics/prom-client';
import { METRICS } from '../../../server/src/metrics/table';
import { createMetrics } from '../../../server/src/services/metrics';
import { page, tableBelow } from '../../helpers/markdown';
import { samplesOf, typesIn } from '../../helpers/prometheus';

const PROGRESS: Progress = {
  space: 'resnet50@1/lanczos3',
  model: 'resnet50',
  words: false,
  engine: 'onnxruntime',
  device: 'cpu',
  total: 10,
  ready: 4,
  pending: 3,
  failed: 2,
  missing: 0,
  unsupported: 1,
  indexed: 5,
  rate: 1.5,
  embedded: 7,
  embedderRestarts: 2,
  index: { kind: 'usearch', mode: 'graph', state: 'ready', bytesOnDisk: 4096, restarts: 1 },
  refinement: { state: 'building', done: 1, total: 4 },
  paused: false,
};

interface Dashboard {
  panels: Array<{
    id: number;
    datasource: { uid: string };
    targets: Array<{ expr: string; datasource: { uid: string } }>;
  }>;
  templating: { list: Array<{ name: string; type: string; definition?: string }> };
}

const load = () => loadPromClient([__dirname]);

function metricsOf(progress: Partial<Progress> = {}, failures: FailureCounts = { DECODE_FAILED: 2, EMPTY_FILE: 1 }) {
  const asked: Array<CountOptions | undefined> = [];
  const core = {
    async progress(options?: CountOptions) {
      asked.push(options);
      return { ...PROGRESS, ...progress };
    },
    async failures(options?: CountOptions) {
      asked.push(options);
      return failures;
    },
  } as unknown as Similarity;
  return { ...createMetrics({ core: () => core, load }), asked };
}

test('every number of the state is there, in base units and by names of few values', async () => {
  const next = { ...PROGRESS, space: 'other@1/lanczos3', pending: 5 };
  const { text, contentType } = await metricsOf({ next, problem: 'no engine at /srv/cms' }).read();
  assert.match(contentType, /^text\/plain/);
  const expected: Array<[name: string, value: number]> = [
    ['similar_pictures{state="pending"}', 3],
    ['similar_pictures{state="ready"}', 4],
    ['similar_pictures{state="failed"}', 2],
    ['similar_pictures{state="unsupported"}', 1],
    ['similar_picture_failures{code="DECODE_FAILED"}', 2],
    ['similar_picture_failures{code="EMPTY_FILE"}', 1],
    ['similar_coverage_ratio', 0.7],
    ['similar_pictures_embedded_total', 7],
    ['similar_paused', 0],
    ['similar_problem{code="INDEX_UNAVAILABLE"}', 0],
    ['similar_problem{code="LIBRARY_UNSEEN"}', 0],
    ['similar_problem{code="EMBEDDER_UNAVAILABLE"}', 1],
    ['similar_problem{code="PGVECTOR_UNAVAILABLE"}', 0],
    ['similar_problem{code="WEAVIATE_UNAVAILABLE"}', 0],
    ['similar_space_info{space="resnet50@1/lanczos3",model="resnet50",engine="onnxruntime",device="cpu"}', 1],
    ['similar_space_building_ratio{kind="model",space="other@1/lanczos3"}', 0.5],
    ['similar_space_building_ratio{kind="refined",space="resnet50@1/lanczos3"}', 0.25],
    ['similar_index_ready', 1],
    ['similar_index_info{kind="usearch",mode="graph",state="ready"}', 1],
    ['similar_index_vectors', 5],
    ['similar_index_size_bytes', 4096],
    ['similar_index_restarts_total', 1],
    ['similar_embedder_restarts_total', 2],
  ];
  assert.deepEqual([...samplesOf(text)], expected);
});

test('a later scrape has forgotten what is over, and counts nothing twice', async () => {
  const failures: FailureCounts = { DECODE_FAILED: 2 };
  const progress: Partial<Progress> = {};
  const metrics = metricsOf(progress, failures);
  await metrics.read();
  delete failures.DECODE_FAILED;
  failures.TOO_LARGE = 1;
  const samples = samplesOf((await metrics.read()).text);
  assert.equal(samples.has('similar_picture_failures{code="DECODE_FAILED"}'), false);
  assert.equal(samples.get('similar_picture_failures{code="TOO_LARGE"}'), 1);
  assert.equal(samples.get('similar_pictures_embedded_total'), 7);
  for (const options of metrics.asked) assert.ok((options?.maxAgeMs ?? 0) > 0, 'a scrape takes older numbers');
});

test('requests are measured by route and class of the status, from the first scrape on', async () => {
  const metrics = metricsOf();
  metrics.observe('similar', 200, 0.02);
  const before = await metrics.read();
  assert.equal(typesIn(before.text).get('similar_request_duration_seconds'), 'histogram');
  assert.doesNotMatch(before.text, /_count/);
  metrics.observe('similar', 200, 0.02);
  metrics.observe('similar', 304, 0.001);
  metrics.observe('batch', 503, 3);
  const samples = samplesOf((await metrics.read()).text);
  const of = (end: string) => samples.get(`similar_request_duration_seconds_${end}`);
  assert.equal(of('count{route="similar",status="2xx"}'), 1);
  assert.equal(of('count{route="similar",status="3xx"}'), 1);
  assert.equal(of('bucket{le="0.01",route="similar",status="2xx"}'), 0);
  assert.equal(of('bucket{le="0.025",route="similar",status="2xx"}'), 1);
  assert.equal(of('sum{route="batch",status="5xx"}'), 3);
});

test('the registry of the project stays its own, and two Strapis have one each', async () => {
  const [one, two] = [metricsOf(), metricsOf({ pending: 9 })];
  await one.read();
  await two.read();
  one.observe('search', 200, 1);
  assert.deepEqual(register.getMetricsAsArray(), []);
  assert.equal(samplesOf((await one.read()).text).get('similar_pictures{state="pending"}'), 3);
  const other = await two.read();
  assert.equal(samplesOf(other.text).get('similar_pictures{state="pending"}'), 9);
  assert.doesNotMatch(other.text, /route="search"/);
});

test('without prom-client it says what to install, and requests go on', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-without-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const core = () => assert.fail('nothing is read') as never;
  const metrics = createMetrics({ core, load: () => loadPromClient([folder]) });
  metrics.observe('similar', 200, 1);
  await assert.rejects(metrics.read(), (error) => {
    assert.ok(error instanceof SimilarError);
    assert.deepEqual([error.code, error.status], ['METRICS_UNAVAILABLE', 501]);
    assert.match(error.remedy, /npm install prom-client/);
    return true;
  });
});

test('prom-client is looked for in one folder after the other', () => {
  assert.ok(loadPromClient([path.parse(__dirname).root, __dirname])?.Registry);
});

test('the route answers 501 with the remedy', async () => {
  const metrics = createMetrics({ core: () => assert.fail(), load: () => undefined });
  const strapi = { config: { get: () => undefined }, plugin: () => ({ service: () => metrics }) };
  const ctx = { query: {} } as unknown as Context;
  await metricsController({ strapi: strapi as unknown as Core.Strapi }).find(ctx);
  assert.equal(ctx.status, 501);
  const { error } = ctx.body as { error: { name: string; details: { remedy: string } } };
  assert.equal(error.name, 'NotImplementedError');
  assert.match(error.details.remedy, /npm install prom-client/);
});

describe('what is written about metrics', async () => {
  const { text } = await metricsOf().read();
  const exported = [...typesIn(text)];
  const names = exported.map(([name]) => name).toSorted();
  /** Those in an expression; a histogram is asked for by its parts. */
  const namesIn = (expressions: string) =>
    [...expressions.matchAll(/\bsimilar_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_seconds_(bucket|sum|count)$/, '_seconds'),
    );

  test('docs/operations.md lists every metric with its type and labels, and no other', () => {
    const rows = tableBelow(page('docs/operations.md'), 'Metrics').map(([name, type, labels]) => ({
      name: name.slice(1, -1),
      type,
      labels: labels.replaceAll('`', '').split(', ').filter(Boolean),
    }));
    const known = [
      ...METRICS.map(({ name, type, labels }) => ({ name, type, labels: [...labels] })),
      { name: 'similar_request_duration_seconds', type: 'histogram', labels: ['route', 'status'] },
    ];
    assert.deepEqual(rows, known);
    assert.deepEqual(
      rows.map(({ name, type }) => [name, type]),
      exported,
    );
  });

  test('the alerts ask for metrics that are exported, and each has a row that says what to do', () => {
    const alerts =
      page('docs/operations.md')
        .split('\n## ')
        .find((part) => part.startsWith('Alerts')) ?? '';
    const asked = namesIn(alerts);
    assert.ok(asked.length > 8);
    assert.deepEqual(
      asked.filter((name) => !names.includes(name)),
      [],
    );
    const defined = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const explained = tableBelow(page('docs/operations.md'), 'Alerts').map(([name]) => name.slice(1, -1));
    assert.deepEqual(explained, defined);
  });

  test('the dashboard shows every metric, and asks for no other', () => {
    const dashboard: Dashboard = JSON.parse(page('docs/grafana/similar.json'));
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    const asked = new Set(targets.flatMap(({ expr }) => namesIn(expr)));
    assert.deepEqual([...asked].toSorted(), names);
    const variables = dashboard.templating.list;
    for (const { definition = '' } of variables)
      for (const name of namesIn(definition)) assert.ok(names.includes(name));
    assert.deepEqual(
      variables.map(({ name, type }) => [name, type]),
      [
        ['datasource', 'datasource'],
        ['job', 'query'],
      ],
    );
    for (const { datasource } of [...dashboard.panels, ...targets]) assert.match(datasource.uid, /^\$\{datasource\}$/);
    for (const { expr } of targets) assert.match(expr, /job=~"\$job"/);
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
