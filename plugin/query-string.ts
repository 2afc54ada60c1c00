/** Lists that the API reads with commas; all others are nested as Strapi's query strings are. */
const COMMA_LISTS = new Set(['like', 'unlike', 'exclude', 'same']);

/** What a filter is that no item passes: a query string cannot hold an empty list. */
const NOTHING = { $null: true, $notNull: true };

/**
 * `{ filters: { price: { $lt: 5 } } }` → `filters[price][$lt]=5`, as Strapi reads it. Undefined values are left out; in filters null
 * becomes `$null`, and an empty `$in` what nothing passes.
 * @throws TypeError for what a query string cannot say, rather than leave a filter out in silence: it names the parameter.
 */
export function toQueryString(query: object): string {
  const params = new URLSearchParams();

  function add(name: string, value: unknown): void {
    if (value === undefined || value === null) return;
    if (value instanceof Date) params.append(name, dateText(name, value));
    else if (Array.isArray(value) || isPlain(value)) {
      for (const [key, inner] of Object.entries(value as object)) add(`${name}[${key}]`, inner);
    } else if (['string', 'boolean', 'bigint'].includes(typeof value)) params.append(name, String(value));
    else if (typeof value === 'number' && Number.isFinite(value)) params.append(name, String(value));
    else throw new TypeError(`${name} is ${describe(value)}, which cannot be sent`);
  }

  for (const [name, value] of Object.entries(query)) {
    if (COMMA_LISTS.has(name) && Array.isArray(value)) {
      if (value.length > 0 || name === 'same') params.append(name, value.join(','));
    } else add(name, name === 'filters' ? inFilter(name, value) : value);
  }
  return params.toString();
}

/** The same filter without null and empty lists. */
function inFilter(name: string, value: unknown): unknown {
  if (value === null) return { $null: true };
  if (Array.isArray(value)) {
    if (value.length === 0) throw new TypeError(`${name} is an empty list, which is not a filter`);
    return value.map((inner, at) =>
      isPlain(inner) ? inFilter(`${name}[${at}]`, inner) : (inner ?? refuse(`${name}[${at}]`)),
    );
  }
  if (!isPlain(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value as object)) {
    if (key === '$eq' && inner === null) result.$null = true;
    else if (key === '$ne' && inner === null) result.$notNull = true;
    else if (key === '$in' && isEmpty(inner)) Object.assign(result, NOTHING);
    // Not in an empty list: everything is.
    else if (key === '$notIn' && isEmpty(inner)) continue;
    else if (key.startsWith('$') && inner === null) refuse(`${name}[${key}]`);
    else result[key] = inFilter(`${name}[${key}]`, inner);
  }
  return result;
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

function refuse(name: string): never {
  throw new TypeError(`${name} is null, which this operator cannot compare with`);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Of another realm, too: a frame, or a sandbox of tests.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function dateText(name: string, date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TypeError(`${name} is an invalid date`);
  return date.toISOString();
}

const describe = (value: unknown) =>
  typeof value === 'object'
    ? `a ${value?.constructor?.name ?? 'object'}`
    : typeof value === 'number'
      ? String(value)
      : `a ${typeof value}`;
