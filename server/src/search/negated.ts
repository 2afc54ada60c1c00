type Filter = Record<string, unknown>;

/** Operators that say themselves what becomes of an attribute without a value. */
const ON_NULL = new Set(['$null', '$notNull']);

/**
 * What these filters do not match, entries without a value included: in SQL, neither `stock <= 0` nor its negation is true of
 * those. In Strapi's vocabulary.
 */
export function negated(filter: Filter | Filter[]): object {
  const parts = Array.isArray(filter) ? filter : Object.entries(filter).map(([key, value]) => ({ [key]: value }));
  return parts.length === 1 && !Array.isArray(filter) ? negatedPart(parts[0]) : { $or: parts.map(negated) };
}

function negatedPart(part: Filter): object {
  const [[key, value]] = Object.entries(part);
  if (key === '$and') return { $or: ([value].flat() as Filter[]).map(negated) };
  if (key === '$or') return { $and: ([value].flat() as Filter[]).map(negated) };
  if (key === '$not') return value as object;
  const operators = isPlain(value) ? Object.keys(value) : [];
  if (operators.some((name) => ON_NULL.has(name))) return { $not: part };
  const nested = operators.length > 0 && operators.every((name) => !name.startsWith('$'));
  return { $or: [{ $not: part }, { [key]: nested ? { id: { $null: true } } : { $null: true } }] };
}

const isPlain = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
