import type { FormAttribute } from '../panel/form-files';

type Attributes = Record<string, FormAttribute>;
type Values = Record<string, unknown>;

interface RelationValue {
  connect?: Array<{ apiData?: { documentId?: string } }>;
  disconnect?: unknown[];
}

const isToOne = ({ type, relation }: FormAttribute) => type === 'relation' && /ToOne$/.test(relation ?? '');

/**
 * What the form has in enumerations, and what it changes in relations to one entry, by attribute: null for nothing. Relations that are
 * as they were stored are missing, because the form does not hold them.
 */
export function unsavedValues(attributes: Attributes, values: Values): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = values[name];
    if (attribute.type === 'enumeration') found[name] = typeof value === 'string' && value !== '' ? value : null;
    if (!isToOne(attribute)) continue;
    const { connect = [], disconnect = [] } = (value ?? {}) as RelationValue;
    const documentId = connect.at(-1)?.apiData?.documentId;
    if (documentId !== undefined) found[name] = documentId;
    else if (disconnect.length > 0) found[name] = null;
  }
  return found;
}

/** Attributes that the form has filled and not saved. */
export const filledAttributes = (attributes: Attributes, values: Values): string[] =>
  Object.entries(unsavedValues(attributes, values)).flatMap(([name, value]) => (value === null ? [] : name));
