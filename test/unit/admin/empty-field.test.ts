import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FormAttribute, mediaFields, type Step } from '../../../admin/src/panel/form-files';
import { firstEmptyField } from '../../../admin/src/propose/empty-field';

const media = { type: 'media' };
const text = { type: 'string' };
const component = (uid: string, more: object = {}) => ({ type: 'component', component: uid, ...more });

const SCHEMA = {
  attributes: {
    title: text,
    cover: component('shared.card'),
    slides: component('shared.slide', { repeatable: true }),
    blocks: { type: 'dynamiczone' },
    gallery: { type: 'media', multiple: true },
  },
};
const CARD: Record<string, FormAttribute> = { image: media, inner: component('shared.inner') };
const COMPONENTS = {
  'shared.card': { attributes: CARD },
  'shared.inner': { attributes: { photo: media, caption: text } },
  'shared.slide': { attributes: { picture: media } },
  'shared.quote': { attributes: { portrait: media, cover: component('shared.card') } },
};
const COVER = [
  ['cover', 'image'],
  ['cover', 'inner', 'photo'],
];
const SLIDES = [['slides', 'picture']];
const BLOCKS = [
  ['blocks', 'shared.slide', 'picture'],
  ['blocks', 'shared.quote', 'portrait'],
  ['blocks', 'shared.quote', 'cover', 'image'],
];
const ALL = [...COVER, ...SLIDES, ...BLOCKS, ['gallery']];

const file = { id: 7 };
const capital = ({ name }: Step) => name[0].toUpperCase() + name.slice(1);

function find(
  values: object,
  { paths = ALL, labelOf = capital as (step: Step) => string | undefined, card = CARD } = {},
) {
  const components = { ...COMPONENTS, 'shared.card': { attributes: card } };
  return firstEmptyField(paths, { fields: mediaFields(values, SCHEMA, components), components, labelOf });
}
const pathIn = (...asked: Parameters<typeof find>) => find(...asked)?.path;

describe('the first empty media field of a form', () => {
  test('is the first of the paths, with its label', () => {
    const values = { cover: { image: null }, gallery: [] };
    assert.deepEqual(find(values), { path: 'cover.image', label: 'Cover › Image', multiple: false });
    assert.deepEqual(find(values, { paths: [['gallery'], ...COVER] }), {
      ...{ path: 'gallery', label: 'Gallery', multiple: true },
    });
  });

  test('holds no file of whatever kind, and is one of the paths', () => {
    assert.equal(pathIn({ cover: { image: file, inner: { photo: file } } }), 'gallery');
    assert.equal(pathIn({ cover: { image: file, inner: { photo: null } } }), 'cover.inner.photo');
    assert.equal(pathIn({ gallery: [] }, { paths: SLIDES }), undefined);
  });

  test('of repeatable components: in the first part that has none, and nothing is added', () => {
    const values = { slides: [{ picture: file }, { picture: undefined }, {}] };
    assert.equal(find(values, { paths: SLIDES })?.path, 'slides.1.picture');
    assert.equal(find(values, { paths: SLIDES })?.label, 'Slides 2 › Picture');
    for (const slides of [[], null, undefined]) assert.equal(pathIn({ slides }, { paths: SLIDES }), undefined);
  });

  test('of dynamic zones: in the components that are there, in the order of the paths', () => {
    const blocks = [
      { __component: 'shared.quote', cover: { image: null } },
      { __component: 'shared.slide', picture: file },
      { __component: 'shared.slide', picture: null },
    ];
    assert.deepEqual(find({ blocks }, { paths: BLOCKS }), {
      ...{ path: 'blocks.2.picture', label: 'Blocks 3 › Picture', multiple: false },
    });
    assert.equal(pathIn({ blocks: blocks.slice(0, 2) }, { paths: BLOCKS }), 'blocks.0.portrait');
    assert.equal(pathIn({ blocks }, { paths: BLOCKS.slice(2) }), 'blocks.0.cover.image');
    assert.equal(pathIn({ blocks: [] }, { paths: BLOCKS }), undefined);
    assert.equal(pathIn({ blocks: [{ __component: 'shared.gone' }] }, { paths: BLOCKS }), undefined);
  });

  test('is shown by the form, like everything on the way to it', () => {
    const values = { cover: { image: null, inner: { photo: null } } };
    const without = (hidden: string) => (step: Step) => (step.name === hidden ? undefined : capital(step));
    assert.equal(pathIn(values, { labelOf: without('image') }), 'cover.inner.photo');
    assert.equal(pathIn(values, { labelOf: without('cover') }), 'gallery');
    const unlessFilm = (step: Step) =>
      step.held?.kind === 'film' && step.name === 'image' ? undefined : capital(step);
    assert.equal(pathIn({ cover: { ...values.cover, kind: 'film' } }, { labelOf: unlessFilm }), 'cover.inner.photo');
    assert.equal(pathIn({ cover: { ...values.cover, kind: 'photo' } }, { labelOf: unlessFilm }), 'cover.image');
  });
});

describe('a component that is not there yet', () => {
  const paths = COVER;

  test('gets the picture where the form shows no empty field', () => {
    assert.deepEqual(find({}, { paths }), { path: 'cover.image', label: 'Cover › Image', multiple: false });
    assert.equal(pathIn({ cover: null }, { paths: COVER.slice(1) }), 'cover.inner.photo', 'also two of them');
    assert.equal(pathIn({ cover: null }), 'gallery', 'the form shows it');
    assert.equal(pathIn({ slides: [{}] }, { paths: [...COVER, ...SLIDES] }), 'slides.0.picture');
  });

  test('but not where it would need more than the picture, or begin with more', () => {
    assert.equal(pathIn({}, { paths, card: { ...CARD, title: { ...text, required: true } } }), undefined);
    assert.equal(pathIn({}, { paths, card: { ...CARD, title: { ...text, default: 'New' } } }), undefined);
    assert.equal(pathIn({}, { paths, card: { ...CARD, on: { type: 'boolean', default: false } } }), undefined);
    assert.equal(pathIn({}, { paths, card: { ...CARD, image: { ...media, required: true } } }), 'cover.image');
    const there = { cover: { image: null } };
    assert.equal(
      pathIn(there, { paths, card: { ...CARD, title: { ...text, required: true } } }),
      'cover.image',
      'the editor has added it',
    );
  });
});
