import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Core } from '@strapi/strapi';
import { configSchema } from '../../plugin/contracts/config';
import { explainSchema, schemaFor } from '../../server/src/validation/similar-query';
import { grantVisitors } from '../helpers/permissions';
import { type Playground, startPlayground } from '../helpers/strapi';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
}

interface Operation {
  operationId: string;
  parameters: Array<{ name: string; in: 'path' | 'query'; required: boolean; schema: Schema }>;
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

type Paths = Record<string, Record<string, Operation>>;

let shop: Playground;
let paths: Paths;

before(async () => {
  shop = await startPlayground();
  await grantVisitors(shop, 'plugin::similar.health.find', 'plugin::similar.metrics.find');
  // What `strapi openapi generate` calls, and writes as it is.
  const { generate } = require(
    require.resolve('@strapi/openapi', { paths: [require.resolve('@strapi/strapi/package.json')] }),
  ) as { generate(strapi: Core.Strapi, options: object): { document: { paths: Paths } } };
  const { document } = generate(shop.strapi, { type: 'content-api' });
  paths = JSON.parse(JSON.stringify(document.paths));
});
after(() => shop?.stop());

const { api } = configSchema.parse({});
const accepted = Object.keys(schemaFor(api).shape);

const ROUTES: Array<{
  method: string;
  route: string;
  path: string;
  inPath: string[];
  query: string[];
  text?: boolean;
}> = [
  { method: 'get', route: '/similar/{id}', path: '/1', inPath: ['id'], query: accepted },
  {
    method: 'get',
    route: '/similar/{id}/explain/{other}',
    path: '/1/explain/2',
    inPath: ['id', 'other'],
    query: Object.keys(explainSchema.shape),
  },
  { method: 'post', route: '/similar/search', path: '/search', inPath: [], query: [...accepted, 'crop'] },
  { method: 'post', route: '/similar/batch', path: '/batch', inPath: [], query: accepted },
  { method: 'get', route: '/similar/health', path: '/health', inPath: [], query: [] },
  { method: 'get', route: '/similar/metrics', path: '/metrics', inPath: [], query: [], text: true },
];

/** Strapi writes objects as one parameter per property: `pagination[page]`. */
const top = (name: string) => name.replace(/\[.*/, '');
const operationOf = ({ method, route }: (typeof ROUTES)[number]): Operation => {
  const found = Object.keys(paths).find((name) => name.endsWith(route));
  assert.ok(found, `${route} is in the document`);
  return paths[found][method];
};

test('the document holds the routes of the plugin, and no others', () => {
  const ours = Object.keys(paths).filter((name) => /\/similar\//.test(name));
  assert.equal(ours.length, ROUTES.length, ours.join());
  for (const route of ROUTES) assert.ok(operationOf(route), route.route);
});

for (const route of ROUTES) {
  describe(`${route.method.toUpperCase()} ${route.route}`, () => {
    test('names every parameter that the server reads, and no other', () => {
      const { parameters } = operationOf(route);
      const named = (where: string) => [
        ...new Set(parameters.filter((parameter) => parameter.in === where).map(({ name }) => top(name))),
      ];
      assert.deepEqual(named('path'), route.inPath);
      assert.deepEqual(named('query').toSorted(), route.query.toSorted());
      const pagination = parameters.filter(({ name }) => name.startsWith('pagination')).map(({ name }) => name);
      const wanted = ['page', 'pageSize', 'start', 'limit', 'withCount'].map((name) => `pagination[${name}]`);
      assert.deepEqual(pagination, route.query.includes('pagination') ? wanted : []);
    });

    test('describes each of them, and the answer', () => {
      const { parameters, responses } = operationOf(route);
      for (const { name, schema } of parameters) assert.ok((schema.description?.length ?? 0) > 10, name);
      const answer = responses['200'].content?.['application/json'].schema;
      if (route.text) assert.equal(answer?.type, 'string');
      else assert.ok(answer?.properties?.data, JSON.stringify(answer)?.slice(0, 200));
      for (const status of ['400', '403', '404']) assert.ok(responses[status], status);
    });

    test('the server knows every one that is named, and where Strapi is strict it refuses another', async () => {
      shop.strapi.config.set('api.rest.strictParams', true);
      const send = (name: string) =>
        shop.api(`/api/similar${route.path}?${encodeURIComponent(name)}=`, { method: route.method.toUpperCase() });
      for (const { name } of operationOf(route).parameters.filter((parameter) => parameter.in === 'query')) {
        const { status, body } = await send(name);
        assert.doesNotMatch(body.error?.message ?? '', /Unknown parameter/, `${name}: ${status}`);
      }
      const { status, body } = await send('colour');
      assert.equal(status, 400);
      assert.match(body.error.message, /Unknown parameter colour/);
      shop.strapi.config.set('api.rest.strictParams', undefined);
    });
  });
}

test('bodies: a picture as multipart, ids as JSON', () => {
  const contentOf = (at: number) => operationOf(ROUTES[at]).requestBody?.content ?? {};
  const search = contentOf(2)['multipart/form-data'].schema;
  assert.deepEqual(Object.keys(search.properties ?? {}), ['picture']);
  // Strapi's generator gives every route the same error answers: what else may come is said here.
  for (const status of ['413', '415', '429']) assert.match(search.description ?? '', new RegExp(status));
  const batch = contentOf(3)['application/json'].schema;
  assert.deepEqual(Object.keys(batch.properties ?? {}), ['ids']);
});
