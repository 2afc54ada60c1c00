import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ERRORS } from '../../plugin/errors';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { apiToken } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { samplesOf } from '../helpers/prometheus';
import { searchable, similar } from '../helpers/shop';
import { watchStatements } from '../helpers/statements';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

let shop: Playground;
let red: UploadedFile;
let token: string;

before(async () => {
  shop = await startPlayground();
  [red] = await shop.upload([{ name: 'secret-name.jpg', bytes: await picture('disc', '#e00') }]);
  await searchable(shop, [red]);
  token = await apiToken(shop, 'custom', ['plugin::similar.metrics.find']);
});
after(() => shop?.stop());

async function scrape() {
  const { status, body, headers } = await shop.api<string>('/api/similar/metrics', {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(status, 200);
  return { text: body, headers, samples: samplesOf(body) };
}

test('a scrape says how the library is, as text', async () => {
  const { headers, samples } = await scrape();
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(samples.get('similar_pictures{state="ready"}'), 1);
  assert.equal(samples.get('similar_pictures_embedded_total'), 1);
  assert.equal(samples.get('similar_index_vectors'), 1);
  assert.equal(samples.get('similar_index_ready'), 1);
  assert.equal(samples.get('similar_coverage_ratio'), 1);
});

test('requests are measured by their route; labels hold nothing that callers send', async () => {
  await scrape();
  assert.equal((await similar(shop, red.id)).status, 200);
  assert.equal((await similar(shop, 'no-such-id')).status, 404);
  assert.equal((await shop.api('/api/similar/batch', { method: 'POST' })).status, 400);
  assert.equal((await shop.api(`/api/similar/${red.id}/explain/no-such-id`)).status, 404);
  assert.equal((await shop.api('/api/similar/health')).status, 403);
  const { text, samples } = await scrape();
  const count = (route: string, status: string) =>
    samples.get(`similar_request_duration_seconds_count{route="${route}",status="${status}"}`);
  assert.equal(count('similar', '2xx'), 1);
  assert.equal(count('similar', '4xx'), 1);
  assert.equal(count('batch', '4xx'), 1);
  assert.equal(count('explain', '4xx'), 1);
  assert.doesNotMatch(text, /route="(health|metrics)"|no-such-id|secret-name|public|uploads/);
});

test('failures are counted by code', async () => {
  const [torn] = await shop.upload([{ name: 'torn.jpg', bytes: (await picture('disc', '#e00')).subarray(0, 300) }]);
  await until('the failure is counted', async () => {
    const { samples } = await scrape();
    return samples.get('similar_pictures{state="failed"}') === 1;
  });
  const { text } = await scrape();
  const [[, code]] = [...text.matchAll(/similar_picture_failures\{code="(\w+)"\} 1/g)];
  assert.ok(code in ERRORS, code);
  await shop.admin('DELETE', `/upload/files/${torn.id}`);
});

test('a scrape costs few statements, however many pictures there are', async (t) => {
  const { connection } = shop.strapi.db;
  const [{ space }] = await connection(EMBEDDINGS).select('space').limit(1);
  const states = ['ready', 'failed'];
  const rows = Array.from({ length: 12_000 }, (_, at) => ({
    ...{ file_id: 1_000_000 + at, space, updated_at: 1, state: states[at % 2] },
    ...(at % 2 && { code: 'DECODE_FAILED' }),
  }));
  for (let at = 0; at < rows.length; at += 50) await connection(EMBEDDINGS).insert(rows.slice(at, at + 50));
  const first = await scrape();
  // Time stands still: what is remembered does not grow old.
  const now = performance.now();
  t.mock.method(performance, 'now', () => now);
  const watch = watchStatements(connection);
  t.after(watch.stop);
  const { samples } = await scrape();
  assert.equal(samples.get('similar_picture_failures{code="DECODE_FAILED"}'), 6_000);
  assert.deepEqual(samples.get('similar_coverage_ratio'), first.samples.get('similar_coverage_ratio'));
  // What the queue and the index ask meanwhile is not the scrape's.
  const counting = watch.statements.filter(({ sql }) => sql.includes(EMBEDDINGS) && sql.includes('union all'));
  assert.deepEqual(counting, []);
  assert.ok(watch.most() < 100, `${watch.most()} rows in one statement`);
});
