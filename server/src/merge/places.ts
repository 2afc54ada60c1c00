import type { Core } from '@strapi/strapi';
import type { MergeChange } from '../../../plugin/contracts/merge';
import { FILE } from '../access/content-api';
import { type Attribute, modelOf } from '../util/models';

export type Row = Record<string, unknown>;

/** A value of an entry that may name files. */
export interface Place {
  /** Such as `blocks.2.image`. */
  path: string;
  kind: MergeChange['kind'];
  isList: boolean;
  /** The entry or component that has the attribute. */
  holder: Row;
  /** Of the holder: a content type or a component. */
  uid: string;
  name: string;
  /** The components on the way, by type and id. */
  parts: string[];
}

const KINDS: Record<string, MergeChange['kind']> = {
  media: 'media',
  richtext: 'richtext',
  text: 'richtext',
  string: 'richtext',
  blocks: 'blocks',
  json: 'blocks',
};
/** Strapi's own values are no texts. */
const SYSTEM = ['documentId', 'locale', 'status'];

export function kindOf(name: string, { type, relation, target }: Attribute): MergeChange['kind'] | undefined {
  if (SYSTEM.includes(name)) return undefined;
  if (type === 'relation') return target === FILE && !relation?.startsWith('morph') ? 'media' : undefined;
  return KINDS[type];
}

export const isListOf = ({ type, relation, ...attribute }: Attribute): boolean =>
  type === 'relation' ? Boolean(relation?.endsWith('ToMany')) : Boolean((attribute as { multiple?: boolean }).multiple);

/** Of an entry that was read as a whole. */
export function placesOf(strapi: Core.Strapi, uid: string, row: Row): Place[] {
  const found: Place[] = [];
  const walk = (model: string, holder: Row, before: string[], parts: string[]): void => {
    for (const [name, attribute] of Object.entries(modelOf(strapi, model).attributes)) {
      const value = holder[name];
      const kind = kindOf(name, attribute);
      const path = [...before, name];
      if (kind)
        found.push({ path: path.join('.'), kind, isList: isListOf(attribute), holder, uid: model, name, parts });
      if (attribute.type !== 'component' && attribute.type !== 'dynamiczone') continue;
      const inner = Array.isArray(value) ? value.entries() : [[undefined, value] as const].values();
      for (const [at, part] of inner) {
        if (!part) continue;
        const of = attribute.component ?? (part.__component as string);
        walk(of, part as Row, at === undefined ? path : [...path, String(at)], [...parts, `${of} ${part.id}`]);
      }
    }
  };
  walk(uid, row, [], []);
  return found;
}

/** What the attribute holds: ids of files where it is made of files. */
export function valueAt({ kind, isList, holder, name }: Place): unknown {
  const value = holder[name] ?? null;
  if (kind !== 'media') return value;
  const idOf = (file: unknown) => (typeof file === 'object' && file !== null ? (file as { id: number }).id : file);
  return isList ? ((value as unknown[] | null) ?? []).map(idOf) : idOf(value);
}
