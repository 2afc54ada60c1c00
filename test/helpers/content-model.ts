import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DIST_DIR } from './strapi-folder';

type Attributes = Record<string, object>;

export interface ContentModel {
  /** By uid, e.g. `shared.photo`. */
  components?: Record<string, Attributes>;
  /** By name: `page` becomes `api::page.page`. */
  types?: Record<string, { attributes: Attributes; kind?: string; draftAndPublish?: boolean; localized?: boolean }>;
}

export const media = (more: object = {}) => ({ type: 'media', multiple: false, allowedTypes: ['images'], ...more });
export const gallery = () => media({ multiple: true });
export const component = (uid: string, more: object = {}) => ({ type: 'component', component: uid, ...more });
export const zone = (...components: string[]) => ({ type: 'dynamiczone', components });

/**
 * The compiled playground with more content types and components, for tests of what its shop does not have.
 * @returns a folder for `startPlayground({ dist })`. It lies in node_modules, from where its files find Strapi.
 */
export function distWith({ components = {}, types = {} }: ContentModel): string {
  const cache = path.resolve(__dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const dist = mkdtempSync(path.join(cache, 'similar-model-'));
  cpSync(DIST_DIR, dist, { recursive: true });
  const write = (file: string, text: string) => {
    const whole = path.join(dist, 'src', file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  };
  for (const [uid, attributes] of Object.entries(components)) {
    const [category, name] = uid.split('.');
    const collectionName = `components_${category}_${name}`;
    const schema = { collectionName, info: { displayName: name }, options: {}, attributes };
    write(`components/${category}/${name}.json`, JSON.stringify(schema));
  }
  for (const [name, { attributes, kind = 'collectionType', draftAndPublish = true, localized }] of Object.entries(
    types,
  )) {
    const info = { singularName: name, pluralName: `${name}s`, displayName: name };
    const pluginOptions = localized ? { i18n: { localized: true } } : {};
    const schema = { kind, collectionName: `${name}s`, info, options: { draftAndPublish }, pluginOptions, attributes };
    write(`api/${name}/content-types/${name}/schema.json`, JSON.stringify(schema));
    for (const part of ['Controller', 'Service', 'Router']) {
      const folder = part === 'Router' ? 'routes' : `${part.toLowerCase()}s`;
      const code = `module.exports = require('@strapi/strapi').factories.createCore${part}('api::${name}.${name}');`;
      write(`api/${name}/${folder}/${name}.js`, code);
    }
  }
  return dist;
}
