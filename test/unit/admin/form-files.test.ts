import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaFields, placesOf, withOther } from '../../../admin/src/panel/form-files';

const media = { type: 'media' };
const SCHEMA = {
  attributes: {
    title: { type: 'string' },
    cover: media,
    gallery: media,
    seo: { type: 'component', component: 'shared.seo' },
    slides: { type: 'component', component: 'shared.slide' },
    blocks: { type: 'dynamiczone' },
    text: { type: 'json' },
  },
};
const COMPONENTS = {
  'shared.seo': { attributes: { image: media } },
  'shared.slide': { attributes: { pictures: media, seo: { type: 'component', component: 'shared.seo' } } },
};

const file = (id: number) => ({ id, name: `${id}.jpg` });
const paths = (values: unknown) => placesOf(7, values, SCHEMA, COMPONENTS).map(({ path }) => path);

test('a file is found in media fields, galleries, components, repeatable ones and dynamic zones', () => {
  assert.deepEqual(paths({ cover: file(7), gallery: [file(1), file(7)] }), ['cover', 'gallery']);
  assert.deepEqual(paths({ seo: { id: 3, image: file(7) } }), ['seo.image']);
  const slides = [{ pictures: [file(1)] }, { pictures: [file(7)], seo: { image: file(7) } }];
  assert.deepEqual(paths({ slides }), ['slides.1.pictures', 'slides.1.seo.image']);
  const blocks = [
    { __component: 'shared.seo', image: file(1) },
    { __component: 'shared.slide', pictures: [file(7)] },
    { __component: 'shared.gone', image: file(7) },
  ];
  assert.deepEqual(paths({ blocks }), ['blocks.1.pictures']);
});

test('nothing but a media field holds a file', () => {
  assert.deepEqual(paths({ text: { cover: file(7) }, title: '7', cover: null, slides: null, seo: undefined }), []);
  assert.deepEqual(paths({ slides: [{ id: 7, pictures: null }] }), [], 'a component with its number');
  assert.deepEqual(paths(undefined), []);
});

test('another file takes its place; a gallery that has it already loses the first', () => {
  assert.deepEqual(withOther(file(7), 7, file(2)), file(2));
  assert.deepEqual(withOther([file(1), file(7), file(3)], 7, file(2)), [file(1), file(2), file(3)]);
  assert.deepEqual(withOther([file(2), file(7)], 7, file(2)), [file(2)]);
});

test('a component that may hold itself has an end', () => {
  const node = { type: 'component', component: 'shared.node' };
  const nodeSchema = { attributes: { image: { type: 'media' }, node } };
  const paths = (values: object) =>
    mediaFields(values, { attributes: { node } }, { 'shared.node': nodeSchema }).map(({ path }) => path);
  assert.deepEqual(paths({}), ['node.image']);
  assert.deepEqual(paths({ node: { node: {} } }), ['node.image', 'node.node.image']);
});
