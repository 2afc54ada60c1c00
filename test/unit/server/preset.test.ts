import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configKeys, configSchema } from '../../../plugin/contracts/config';
import { keysOfPreset, PRESETS } from '../../../plugin/contracts/presets';
import { showPreset } from '../../../server/src/util/show-settings';

test('a preset sets what the operator leaves open, key by key', () => {
  const own = { preset: 'small' as const, model: 'resnet50', engine: { batchSize: 4 }, limits: {} };
  const config = configSchema.parse(own);
  assert.deepEqual([config.model, config.engine.batchSize, config.engine.threads], ['resnet50', 4, 1]);
  assert.deepEqual(config.limits, { ...configSchema.parse({}).limits, ...PRESETS.small.limits });
  assert.equal(config.refine.mode, 'off');
  assert.deepEqual(
    own,
    { preset: 'small', model: 'resnet50', engine: { batchSize: 4 }, limits: {} },
    'it stays as it was',
  );
  assert.deepEqual({ ...configSchema.parse({}), preset: undefined }, { ...configKeys.parse({}), preset: undefined });
});

test('every preset is a valid configuration, and asks for no more than the defaults', () => {
  const defaults = configKeys.parse({});
  for (const preset of Object.values(PRESETS)) configKeys.parse(preset);
  const small = configSchema.parse({ preset: 'small' });
  for (const group of ['limits', 'search'] as const) {
    for (const [key, value] of Object.entries(small[group])) {
      if (typeof value === 'number') assert.ok(value <= (defaults[group] as Record<string, number>)[key], key);
    }
  }
});

test('what is wrong is said with its key, also beside a preset', () => {
  const problemsOf = (input: unknown) => configSchema.safeParse(input).error?.issues.map(({ path }) => path.join('.'));
  assert.deepEqual(problemsOf({ preset: 'tiny' }), ['preset']);
  assert.deepEqual(problemsOf({ preset: 'constructor' }), ['preset']);
  assert.deepEqual(problemsOf({ preset: 'small', engine: 'auto' }), ['engine']);
  assert.deepEqual(problemsOf({ preset: 'small', limits: { memoryMb: 1 } }), ['limits.memoryMb']);
});

test('the settings show where each value of a preset comes from', () => {
  const own = { preset: 'small' as const, engine: { threads: 2 } };
  const shown = showPreset({ config: configSchema.parse(own) }, own);
  assert.deepEqual([shown?.name, shown?.values.map(({ key }) => key)], ['small', keysOfPreset('small')]);
  const of = (key: string) => shown?.values.find((value) => value.key === key);
  assert.deepEqual(of('engine.threads'), { key: 'engine.threads', value: 2, source: 'config' });
  assert.deepEqual(of('engine.decoders'), { key: 'engine.decoders', value: 1, source: 'preset' });
  assert.equal(showPreset({ config: configSchema.parse({}) }, {}), undefined);
});
