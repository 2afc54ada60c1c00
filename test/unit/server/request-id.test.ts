import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Koa, { type Context } from 'koa';
import { nameRequest } from '../../../server/src/middlewares/name-request';
import { currentRequestId, requestIdOf } from '../../../server/src/util/request-id';
import { listen } from '../../helpers/listen';

/** What the route does; each test has its own. */
let respond: (ctx: Context) => void;
let lastContext: Context;
let url: string;
const app = new Koa();
app.use(nameRequest as never);
app.use((ctx) => {
  lastContext = ctx as unknown as Context;
  respond(lastContext);
});
const server = createServer(app.callback());
before(async () => {
  url = `http://127.0.0.1:${await listen(server)}`;
});
after(() => void server.close());

const ours = (status: number, body: unknown) => (ctx: Context) => {
  ctx.state.route = { handler: 'similar.find', info: { pluginName: 'similar', type: 'content-api' } };
  ctx.status = status;
  ctx.body = body;
};

async function ask(id?: string) {
  const response = await fetch(url, { headers: id === undefined ? {} : { 'x-request-id': id } });
  return { id: response.headers.get('x-request-id'), body: await response.text() };
}

test('a sane id of the caller is kept, any other is replaced', async () => {
  respond = ours(200, 'x');
  for (const id of ['a', 'req-1_2.3', 'x'.repeat(64)]) assert.equal((await ask(id)).id, id);
  const seen = new Set<string | null>();
  for (const id of [undefined, '', 'x'.repeat(65), 'a b', 'a"b', '<b>', 'a,b', 'é', 'a/b', 'a%0ab']) {
    const answered = await ask(id);
    assert.match(answered.id ?? '', /^[0-9a-f-]{36}$/, id);
    seen.add(answered.id);
  }
  assert.equal(seen.size, 10, 'each is another one');
});

test('an id that the project gave the request is kept', async () => {
  respond = (ctx) => {
    ctx.set('X-Request-Id', 'given-by-project');
    ours(200, 'x')(ctx);
  };
  assert.equal((await ask('sent-by-caller')).id, 'given-by-project');
});

test('bodies of 500 and above carry it, others stay as they are', async () => {
  const error = { status: 503, name: 'ServiceUnavailableError', message: 'm', details: { code: 'INDEX_BUSY' } };
  const cases: Array<[status: number, body: object, expected: object]> = [
    [503, { data: null, error }, { data: null, error: { ...error, details: { code: 'INDEX_BUSY', requestId: 'r' } } }],
    [500, { error: { message: 'm' } }, { error: { message: 'm', details: { requestId: 'r' } } }],
    [503, { data: { ready: false } }, { data: { ready: false }, meta: { requestId: 'r' } }],
    [404, { data: null, error }, { data: null, error }],
    [200, { data: [] }, { data: [] }],
  ];
  for (const [status, body, expected] of cases) {
    respond = ours(status, body);
    assert.deepEqual(JSON.parse((await ask('r')).body), expected);
  }
});

test('answers of other routes are left alone', async () => {
  respond = (ctx) => {
    ours(503, { data: null, error: { message: 'm' } })(ctx);
    ctx.state.route.info.pluginName = 'upload';
  };
  const { id, body } = await ask('r');
  assert.equal(id, null);
  assert.deepEqual(JSON.parse(body), { data: null, error: { message: 'm' } });
});

test('what goes on after the answer is no longer on behalf of the request', async () => {
  const strapi = { requestContext: { get: () => lastContext } } as never;
  let during: string | undefined;
  respond = (ctx) => {
    during = currentRequestId(strapi);
    ours(200, 'x')(ctx);
  };
  await ask('r');
  assert.equal(during, 'r');
  assert.equal(requestIdOf(lastContext), 'r');
  assert.equal(currentRequestId(strapi), undefined);
});
