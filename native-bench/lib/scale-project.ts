import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { APP_DIR, DIST_DIR } from '../../test/helpers/strapi-folder';

const ROOT = path.resolve(APP_DIR, '..');
/** What the copy reads of the plugin, one folder above it as in the repository. */
const PLUGIN = ['package.json', 'node_modules', 'dist', 'plugin'];

export const PAGE = 'api::page.page';
export const ALBUM = 'api::album.album';
export const PICTURES = 'shared.pictures';
/** Five components of four pictures each: twenty media paths. */
export const PARTS = ['head', 'intro', 'body', 'aside', 'foot'];
export const FIELDS = ['first', 'second', 'third', 'fourth'];

const image = { type: 'media', multiple: false, allowedTypes: ['images'] };
const each = (names: string[], attribute: object) => Object.fromEntries(names.map((name) => [name, attribute]));

export interface ScaleProject {
  dir: string;
  remove(): void;
}

/** A copy of the built playground with two more content types: pages with pictures in components, and albums. */
export function createScaleProject(): ScaleProject {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'similar-scale-'));
  const dir = path.join(parent, 'playground');
  for (const name of PLUGIN) symlinkSync(path.join(ROOT, name), path.join(parent, name));
  const build = path.join(DIST_DIR, 'build');
  cpSync(APP_DIR, dir, { recursive: true, filter: (from) => from !== build });
  // The admin is only served: a link will do.
  symlinkSync(build, path.join(dir, 'dist/build'));
  const components = path.join(dir, 'dist/src/components/shared');
  mkdirSync(components, { recursive: true });
  writeJson(path.join(components, 'pictures.json'), {
    collectionName: 'components_shared_pictures',
    info: { displayName: 'Pictures' },
    attributes: each(FIELDS, image),
  });
  addType(dir, 'page', true, each(PARTS, { type: 'component', component: PICTURES, repeatable: false }));
  addType(dir, 'album', false, { pictures: { ...image, multiple: true } });
  return { dir, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

function addType(dir: string, name: string, draftAndPublish: boolean, attributes: object): void {
  const api = path.join(dir, 'dist/src/api', name);
  const schema = path.join(api, 'content-types', name);
  mkdirSync(schema, { recursive: true });
  writeJson(path.join(schema, 'schema.json'), {
    kind: 'collectionType',
    collectionName: `${name}s`,
    info: { singularName: name, pluralName: `${name}s`, displayName: name },
    options: { draftAndPublish },
    attributes: { title: { type: 'string' }, ...attributes },
  });
  for (const [folder, maker] of [
    ['controllers', 'createCoreController'],
    ['services', 'createCoreService'],
    ['routes', 'createCoreRouter'],
  ]) {
    mkdirSync(path.join(api, folder));
    const text = `module.exports = require('@strapi/strapi').factories.${maker}('api::${name}.${name}');\n`;
    writeFileSync(path.join(api, folder, `${name}.js`), text);
  }
}

const writeJson = (file: string, value: object) => writeFileSync(file, JSON.stringify(value));
