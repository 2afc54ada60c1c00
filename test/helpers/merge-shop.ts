import type { DuplicatesResponse } from '../../plugin/contracts/admin';
import type { Merge, MergeChange, MergePlan, MergesResponse } from '../../plugin/contracts/merge';
import { type ContentModel, component, gallery, media, zone } from './content-model';
import { texture } from './pictures';
import type { StrapiClient, UploadedFile } from './strapi-client';
import { until } from './until';

export const PAGE = 'api::page.page';
export const HOME = 'api::home.home';
export const STORY = 'api::story.story';
export const NOTE = 'api::note.note';

const localized = { pluginOptions: { i18n: { localized: true } } };

/** Pictures in every way in which an entry can hold one. */
export const MODEL: ContentModel = {
  components: {
    'shared.photo': { picture: media(), caption: { type: 'string' } },
    'shared.card': { title: { type: 'string', required: true }, photo: component('shared.photo'), extra: gallery() },
  },
  types: {
    page: {
      attributes: {
        title: { type: 'string' },
        cover: media(),
        gallery: gallery(),
        zone: zone('shared.card', 'shared.photo'),
        cards: component('shared.card', { repeatable: true }),
        text: { type: 'richtext' },
        body: { type: 'blocks' },
      },
    },
    home: { kind: 'singleType', attributes: { title: { type: 'string' }, zone: zone('shared.photo') } },
    story: {
      localized: true,
      attributes: {
        title: { type: 'string', ...localized },
        cover: { ...media(), ...localized },
        shared: media(),
      },
    },
    note: { draftAndPublish: false, attributes: { title: { type: 'string' }, card: component('shared.card') } },
  },
};

export interface Copies {
  keep: UploadedFile;
  one: UploadedFile;
  two: UploadedFile;
  other: UploadedFile;
}

/** Three copies of one picture, and another one. */
export async function uploadCopies(client: StrapiClient, seed = 11): Promise<Copies> {
  const bytes = await texture(seed);
  const [keep] = await client.upload([{ name: 'keep.jpg', bytes }]);
  const [one] = await client.upload([{ name: 'one.jpg', bytes }]);
  const [two] = await client.upload([{ name: 'two.jpg', bytes }]);
  const [other] = await client.upload([{ name: 'other.jpg', bytes: await texture(seed + 3) }]);
  return { keep, one, two, other };
}

const COPIED = [
  'name',
  'caption',
  'width',
  'height',
  'formats',
  'hash',
  'ext',
  'mime',
  'size',
  'previewUrl',
  'provider',
];

/** As the editor of blocks stores a picture: a copy of its row, with the address of the server. */
export function imageBlock(file: UploadedFile, alternativeText: string) {
  const row = { ...file } as unknown as Record<string, unknown>;
  const copy = Object.fromEntries([...COPIED, 'createdAt', 'updatedAt'].map((key) => [key, row[key]]));
  const image = { ...copy, url: `http://localhost:1337${file.url}`, alternativeText };
  return { type: 'image', image, children: [{ type: 'text', text: '' }] };
}

export const placesOf = (changes: MergeChange[]): string[] =>
  changes.map(({ uid, locale, status, path, kind }) => `${uid} ${locale ?? '-'} ${status} ${path} ${kind}`).sort();

/** Waits until the page of duplicates shows the copies of a picture. */
export async function shownAsDuplicates(client: StrapiClient, keep: number, others: number[]): Promise<void> {
  await until('the copies are found', async () => {
    const { body } = await client.admin<DuplicatesResponse>('GET', '/similar/duplicates');
    const groups = (body.groups ?? []).map(({ pictures }) => pictures.map(({ id }) => id));
    return groups.some((ids) => [keep, ...others].every((id) => ids.includes(id)));
  });
}

interface Failure {
  error: { message: string; details: { code?: string } };
}

/** The routes, as the super admin. */
export function mergeClient(client: StrapiClient) {
  const at = '/similar/duplicates';
  return {
    plan: (keep: number, remove: number[]) =>
      client.admin<MergePlan & Failure>('POST', `${at}/merge/plan`, { keep, remove }),
    merge: (keep: number, remove: number[], plan: string) =>
      client.admin<Merge & Failure>('POST', `${at}/merge`, { keep, remove, plan }),
    list: async () => (await client.admin<MergesResponse>('GET', `${at}/merges`)).body.merges,
    page: async (page: number, pageSize: number) =>
      (await client.admin<MergesResponse>('GET', `${at}/merges?page=${page}&pageSize=${pageSize}`)).body,
    undo: (id: string) => client.admin<Merge & Failure>('POST', `${at}/merges/${id}/undo`),
    finish: (id: string) => client.admin<Merge & Failure>('POST', `${at}/merges/${id}/finish`),
  };
}
