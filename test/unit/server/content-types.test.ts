import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '@strapi/strapi';
import { createContentTypes, filesOf, populateOf, stepsOf } from '../../../server/src/search/content-types';

const media = (more: object = {}) => ({ type: 'media', multiple: true, ...more });
const component = (name: string, more: object = {}) => ({ type: 'component', component: name, ...more });

const relation = (kind: string, more: object = {}) => ({
  type: 'relation',
  relation: kind,
  target: 'api::product.product',
  ...more,
});

const models: Record<string, object> = {
  'api::product.product': {
    attributes: {
      name: { type: 'string' },
      stock: { type: 'integer' },
      images: media({ allowedTypes: ['images'] }),
      anything: media(),
      manual: media({ allowedTypes: ['files'] }),
      secret: media({ private: true }),
      blocks: component('shop.block', { repeatable: true }),
      hidden: component('shop.block', { private: true }),
      zone: { type: 'dynamiczone', components: ['shop.block'] },
      localizations: relation('oneToMany', { writable: false, visible: false }),
      parent: relation('manyToOne', { inversedBy: 'children' }),
      children: relation('oneToMany', { mappedBy: 'parent' }),
      pages: relation('oneToMany', { target: 'api::page.page' }),
      secretly: relation('manyToMany', { private: true }),
      related: relation('manyToMany'),
    },
  },
  'api::page.page': { attributes: { title: { type: 'string' } } },
  'plugin::users-permissions.user': { attributes: { avatar: media() } },
  'shop.block': { attributes: { photo: media(), inner: component('shop.inner') } },
  'shop.inner': { attributes: { icon: media(), again: component('shop.inner') } },
};

function service(wanted: unknown, more: object = {}) {
  const strapi = {
    contentTypes: Object.fromEntries(Object.entries(models).filter(([uid]) => uid.includes('::'))),
    getModel: (uid: string) => models[uid],
    config: { get: (key: string) => (key === 'plugin::similar' ? { contentTypes: wanted, ...more } : undefined) },
  };
  Object.assign(globalThis, { strapi });
  return createContentTypes({ strapi: strapi as unknown as Core.Strapi });
}

const names = (wanted: unknown, uid = 'api::product.product') =>
  service(wanted)
    .all()
    .get(uid)
    ?.paths.map((path) => path.join('.'));

test('every type of the project with public images counts, through components, but no private or other media', () => {
  assert.deepEqual([...service('*').all().keys()], ['api::product.product']);
  const found = names('*') ?? [];
  for (const name of ['images', 'anything', 'blocks.photo', 'blocks.inner.icon', 'zone.shop.block.photo']) {
    assert.ok(found.includes(name), name);
  }
  for (const name of ['manual', 'secret', 'hidden.photo']) assert.ok(!found.includes(name), name);
});

test('named types and attributes', () => {
  assert.deepEqual(names({ 'api::product.product': ['images', 'blocks.photo'] }), ['images', 'blocks.photo']);
  assert.deepEqual(names({ 'plugin::users-permissions.user': '*' }, 'plugin::users-permissions.user'), ['avatar']);
});

test('weights belong to paths, and there are none where all are 1', () => {
  const weighted = (wanted: object) => service({ 'api::product.product': wanted }).all().get('api::product.product');
  const type = weighted({ 'blocks.photo': 0.5, images: 1 });
  assert.deepEqual(type?.paths, [['images'], ['blocks', 'photo']]);
  assert.deepEqual(type?.weights, [1, 0.5]);
  assert.equal(weighted({ images: 1, 'blocks.photo': 1 })?.weights, undefined);
  assert.equal(weighted(['images'])?.weights, undefined);
  assert.throws(
    () => weighted({ image: 1 }),
    /one of images, .* for contentTypes\.api::product\.product but received "image"/,
  );
});

test('a type or attribute that is not there is refused by name, also a private one', () => {
  const refused = (wanted: unknown, message: RegExp) => assert.throws(() => service(wanted).all(), message);
  refused({ 'api::shoe.shoe': '*' }, /existing content type for contentTypes\.api::shoe\.shoe/);
  refused({ 'api::product.product': ['image'] }, /one of images, .*blocks\.photo.* but received "image"/);
  refused({ 'api::product.product': ['secret'] }, /received "secret"/);
  refused({ 'api::page.page': ['title'] }, /this type has none/);
});

test('attributes that boost or fill the rest have to be there, and to be numbers where they are added up', () => {
  const uid = 'api::product.product';
  const refused = (more: object, message: RegExp) => assert.throws(() => service('*', more).all(), message);
  const boost = (field: string, of = uid) => ({ ranking: { boost: { [of]: { field, weight: 0.1, halfAt: 1 } } } });
  refused(boost('sold'), /a number for ranking\.boost\.api::product\.product\.field but received "sold"/);
  refused(boost('name'), /a number for .* but received "name"/);
  refused(boost('name', 'api::shoe.shoe'), /existing content type/);
  refused({ fallback: { [uid]: { same: 'kind', sort: 'name:asc' } } }, /fallback\.api::product\.product\.same/);
  refused({ fallback: { [uid]: { sort: 'age:desc' } } }, /fallback\.api::product\.product\.sort/);
  service('*', { ...boost('stock'), fallback: { [uid]: { same: 'images', sort: 'name:asc' } } }).all();
});

test('what is related goes to a relation to many entries of the type itself: the named one, else the first public one', () => {
  const uid = 'api::product.product';
  const relate = (wanted?: unknown) =>
    service('*', { relate: wanted === undefined ? {} : { [uid]: wanted } })
      .all()
      .get(uid)?.relate;
  assert.equal(relate(), 'related');
  assert.equal(relate('secretly'), 'secretly');
  // An entry that becomes a child here is no longer one elsewhere: only where somebody says so.
  assert.equal(relate('children'), 'children');
  assert.equal(relate(false), undefined);
  for (const name of ['parent', 'pages', 'localizations', 'name', 'nothing']) {
    assert.throws(() => relate(name), new RegExp(`relate\\.api::product\\.product but received "${name}"`), name);
  }
  assert.throws(() => service('*', { relate: { 'api::shoe.shoe': 'x' } }).all(), /existing content type/);
});

const type = {
  uid: 'x',
  paths: [
    ['images'],
    ['blocks', 'photo'],
    ['blocks', 'inner', 'icon'],
    ['zone', 'shop.block', 'photo'],
    ['zone', 'shop.inner', 'icon'],
  ],
};

test('populate reaches the pictures', () => {
  const block = { populate: { photo: true, inner: { populate: { icon: true } } } };
  const zone = { on: { 'shop.block': { populate: { photo: true } }, 'shop.inner': { populate: { icon: true } } } };
  assert.deepEqual(populateOf(type), { images: true, blocks: block, zone });
});

test('components of a dynamic zone are steps of a path', () => {
  assert.deepEqual(stepsOf(['blocks', 'photo']), [{ name: 'blocks' }, { name: 'photo' }]);
  assert.deepEqual(stepsOf(['zone', 'shop.block', 'inner', 'icon']), [
    { name: 'zone', component: 'shop.block' },
    { name: 'inner' },
    { name: 'icon' },
  ]);
});

test('the pictures of an entry, each once, whatever is empty', () => {
  const entry = {
    images: [{ id: 1 }, { id: 2 }],
    blocks: [
      { photo: { id: 3 }, inner: { icon: { id: 1 } } },
      { photo: null, inner: null },
    ],
    zone: [
      { __component: 'shop.block', photo: { id: 4 } },
      { __component: 'shop.other', photo: { id: 5 } },
      { __component: 'shop.inner', icon: { id: 6 } },
    ],
  };
  assert.deepEqual(
    filesOf(type, entry).map(({ id }) => id),
    [1, 2, 3, 4, 6],
  );
  assert.deepEqual(filesOf(type, { images: null }), []);
});
