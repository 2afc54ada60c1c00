import { type Editor, editorWith } from './editor';
import { picture } from './pictures';
import { createProduct, searchable, statusOf } from './shop';
import { type Playground, startPlayground } from './strapi';
import { type Answer, LOGIN, type UploadedFile } from './strapi-client';
import type { PlaygroundOptions } from './strapi-folder';
import { until } from './until';

export const READ = 'plugin::similar.read';
export const JUDGE = 'plugin::similar.judge';
export const MANAGE = 'plugin::similar.manage';
export const CONTENT = 'plugin::content-manager.explorer.read';
export const FILES = 'plugin::upload.read';
export const FILE = 'plugin::upload.file';
/** A condition as projects make them. */
export const LOW_STOCK = 'api::low-stock';

/** What one of them owns: two copies of one disc, a picture that fails, and two entries. */
export interface Belongings {
  first: UploadedFile;
  copy: UploadedFile;
  broken: UploadedFile;
  entry: string;
  twin: string;
}

async function belongings(shop: Playground, name: string, owner: number): Promise<Belongings> {
  const disc = await picture('disc', '#e00');
  const upload = async (file: string, bytes: Uint8Array) => {
    const [uploaded] = await shop.upload([{ name: `${name}-${file}.jpg`, bytes }]);
    await shop.strapi.db.query(FILE).update({ where: { id: uploaded.id }, data: { createdBy: owner } });
    return uploaded;
  };
  const [first, copy] = [await upload('first', disc), await upload('copy', disc)];
  const broken = await upload('broken', disc.subarray(0, 200));
  const create = async (title: string, file: UploadedFile) =>
    (await createProduct(shop, { name: `${name} ${title}`, images: [file], status: 'draft', createdBy: owner }))
      .documentId;
  return { first, copy, broken, entry: await create('entry', first), twin: await create('twin', copy) };
}

/** As the administrator whose token it is, or as nobody. */
type Ask = (token: string | undefined, method: string, path: string, body?: object) => Promise<Answer>;

export interface OwnedShop {
  shop: Playground;
  ask: Ask;
  /** May do all that this plugin has, to what was made by the same person. */
  author: Editor;
  mine: Belongings;
  theirs: Belongings;
}

/** A shop in which two administrators made the same things. */
export async function startOwnedShop(options: PlaygroundOptions = {}): Promise<OwnedShop> {
  const shop = await startPlayground(options);
  try {
    // Strapi takes conditions while it boots only.
    const strapi = shop.strapi as unknown as { isLoaded: boolean };
    strapi.isLoaded = false;
    await shop.strapi.service('admin::permission').conditionProvider.register({
      displayName: 'Low stock',
      name: 'low-stock',
      category: 'default',
      handler: () => ({ stock: { $lt: 10 }, 'category.name': 'Rest' }),
    });
    strapi.isLoaded = true;
    const author = await editorWith(shop, [READ, JUDGE, MANAGE, CONTENT, FILES], undefined, ['admin::is-creator']);
    const other = await shop.strapi.db.query('admin::user').findOne({ where: { email: LOGIN.email } });
    // Those of others first: what came first is what a notice would name.
    const theirs = await belongings(shop, 'theirs', other.id);
    const mine = await belongings(shop, 'mine', author.id);
    await searchable(shop, [theirs.first, theirs.copy, mine.first, mine.copy]);
    await until('the broken ones have failed', async () => {
      const states = await statusOf(shop, [mine.broken.id, theirs.broken.id]);
      return [...states.values()].every(({ state }) => state === 'failed') && states.size === 2;
    });
    return { shop, ask: askOf(shop), author, mine, theirs };
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

const askOf =
  (shop: Playground): Ask =>
  async (token, method, path, body) => {
    const isForm = body instanceof FormData;
    const answer = await fetch(shop.url + path, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text };
  };

export const labels = ({ items }: { items: Array<{ label: string }> }) => items.map(({ label }) => label);
