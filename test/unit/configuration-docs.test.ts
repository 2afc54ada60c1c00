import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configKeys, configSchema } from '../../plugin/contracts/config';
import { page, tableBelow } from '../helpers/markdown';

interface Node {
  def: { type: string; innerType?: Node };
  shape?: Record<string, Node>;
}

/** Every key of the schema as a dot path, e.g. `engine.batchSize`. */
function keysOf(schema: Node, prefix = ''): string[] {
  let node = schema;
  while (node.def.innerType) node = node.def.innerType;
  if (node.def.type !== 'object') return [prefix];
  return Object.entries(node.shape ?? {}).flatMap(([key, child]) => keysOf(child, prefix ? `${prefix}.${key}` : key));
}

function valueAt(value: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}

const documented = tableBelow(page('docs/configuration.md'), 'Keys').map(([key, value]) => [key.slice(1, -1), value]);

test('docs/configuration.md names every configuration key, and no other', () => {
  const keys = keysOf(configKeys as unknown as Node);
  assert.ok(keys.includes('engine.batchSize') && keys.includes('model'));
  assert.deepEqual(documented.map(([key]) => key).toSorted(), keys.toSorted());
});

test('docs/configuration.md names the defaults that the schema gives', () => {
  const defaults = configSchema.parse({});
  for (const [key, shown] of documented) {
    const value = valueAt(defaults, key);
    // What has no fixed default is described in words.
    if (value === undefined) assert.doesNotMatch(shown, /`/, key);
    else assert.equal(shown, `\`${JSON.stringify(value)}\``, key);
  }
});
