/** Of both queries, those whose values mean what they say in a query string. */
type Arguments = Record<string, unknown>;

/** What the API reads as text may come as any of these. */
function inWords(value: unknown): unknown {
  if (typeof value === 'number') return decimal(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(given(value)).map(([name, inner]) => [name, inWords(inner)]));
  }
  return value;
}

/** 0.1 + 0.2 is 0.3, and 1e-7 is 0.0000001. */
const decimal = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(10).replace(/0+$/, ''));

/** A variable that is null is one that is not given. */
const given = (values: object): Arguments =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/**
 * The query of `GET /api/similar/:id` that says the same, for the one place that checks it. Entries come without relations and pictures:
 * GraphQL loads those that a selection names.
 */
export function toQuery({ filters, ...args }: Arguments): Arguments {
  const query: Arguments = {};
  for (const [name, value] of Object.entries(given(args))) {
    // Of a list, nothing is no parameter; of rules, it takes back what is configured.
    if (Array.isArray(value) && value.length === 0 && name !== 'same') continue;
    query[name] = inWords(value);
  }
  // GraphQL's objects have no prototype.
  if (filters !== null && filters !== undefined) query.filters = structuredClone(filters);
  return { ...query, populate: [] };
}
