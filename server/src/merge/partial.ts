import type { Core } from '@strapi/strapi';
import { modelOf } from '../util/models';
import type { Place, Row } from './places';

/** By holder and name: what shall be there. */
export type Values = Map<Row, Map<string, unknown>>;

export function valuesOf(changes: ReadonlyArray<{ place: Place; value: unknown }>): Values {
  const values: Values = new Map();
  for (const { place, value } of changes) {
    const known = values.get(place.holder) ?? new Map<string, unknown>();
    values.set(place.holder, known.set(place.name, value));
  }
  return values;
}

/**
 * Data for Strapi's update with these values and nothing else: components are named by their ids, which keeps them and all that
 * they hold. A component that is left out of a list would be deleted.
 */
export function partialOf(strapi: Core.Strapi, uid: string, holder: Row, values: Values): Row {
  const data: Row = Object.fromEntries(values.get(holder) ?? []);
  for (const [name, { type, component }] of Object.entries(modelOf(strapi, uid).attributes)) {
    const value = holder[name];
    if ((type !== 'component' && type !== 'dynamiczone') || !value) continue;
    const inner = (part: Row) => partialOf(strapi, component ?? (part.__component as string), part, values);
    const parts = ([value].flat() as Row[]).map((part) => ({ part, changed: inner(part) }));
    if (parts.every(({ changed }) => Object.keys(changed).length === 0)) continue;
    const named = parts.map(({ part, changed }) => ({
      id: part.id,
      ...(type === 'dynamiczone' && { __component: part.__component }),
      ...changed,
    }));
    data[name] = Array.isArray(value) ? named : named[0];
  }
  return data;
}
