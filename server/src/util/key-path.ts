type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a dot path such as `api.cacheControl`; undefined where there is none. */
export function valueAt(root: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((node, step) => (isNode(node) ? node[step] : undefined), root);
}

/** A copy of `root` that has `value` at the dot path; everything off the path is shared with `root`. */
export function withValue(root: unknown, key: string, value: unknown): Node {
  const [step, ...rest] = key.split('.');
  const node = isNode(root) ? root : {};
  return { ...node, [step]: rest.length ? withValue(node[step], rest.join('.'), value) : value };
}
