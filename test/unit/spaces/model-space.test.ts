import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import {
  bundledSpace,
  chosenSpace,
  configuredSpace,
  fp32Space,
  modelsOf,
  modelsOwnSpace,
} from '../../../plugin/spaces/model-space';

const configOf = (mirror: string) => configSchema.parse({ model: 'resnet50', models: { mirror, precision: 'int8' } });

test('a recipe holds no password of a mirror, and the configuration still gives it', () => {
  const config = configOf('https://shop:s3cret@example.com/models?token=t0ken');
  const wanted = configuredSpace(config);
  for (const { recipe } of [wanted, fp32Space(wanted, config)]) {
    assert.equal(recipe.mirror, 'https://example.com/models');
    assert.equal(modelsOf(recipe, config.models).mirror, config.models.mirror);
  }
});

test('another mirror of the configuration does not take the place of that of a recipe, nor lend it its password', () => {
  const { recipe } = configuredSpace(configOf('https://example.com/models'));
  const { models } = configOf('https://shop:s3cret@other.example.com/models');
  assert.equal(modelsOf(recipe, models).mirror, 'https://example.com/models');
});

test('vectors of smaller copies are another space, which says what a copy must have', () => {
  const of = (source: 'original' | 'derivative' | 'auto') => {
    const config = configSchema.parse({ models: { precision: 'int8' }, limits: { source } });
    const wanted = configuredSpace(config);
    return [wanted, fp32Space(wanted, config), bundledSpace(config)];
  };
  const originals = of('original');
  for (const kind of ['derivative', 'auto'] as const) {
    for (const [at, named] of of(kind).entries()) {
      assert.equal(named.space.id, `${originals[at].space.id}/${kind}`);
      assert.deepEqual(named.from, { kind, leastEdge: 224 });
      assert.deepEqual(modelsOwnSpace(named), originals[at].space);
    }
  }
  for (const named of originals) assert.deepEqual([named.from, modelsOwnSpace(named)], [undefined, named.space]);
});

test('a model that cuts the middle out needs a copy as large as what it cuts from', () => {
  const { from } = configuredSpace(configSchema.parse({ model: 'dinov2-small', limits: { source: 'derivative' } }));
  assert.deepEqual(from, { kind: 'derivative', leastEdge: 256 });
});

test('what the configuration says of one model’s file, of resizing and of int8 is not said of any other', () => {
  const sha256 = 'a'.repeat(64);
  const weights = { mirror: 'https://example.com/models', sha256, resize: 'nearest', precision: 'int8' } as const;
  const config = configSchema.parse({ model: 'resnet50', models: weights });
  const own = chosenSpace('resnet50', config);
  assert.deepEqual(own, fp32Space(configuredSpace(config), config));
  assert.equal(own.recipe.sha256, sha256);
  assert.deepEqual(chosenSpace('efficientnet-lite0', config).space, bundledSpace(config).space);
  const { space, recipe } = chosenSpace('dino-vits16', config);
  assert.equal(space.id, chosenSpace('dino-vits16', configSchema.parse({})).space.id);
  assert.deepEqual(
    [recipe.mirror, recipe.sha256, recipe.resize, recipe.precision],
    [undefined, undefined, undefined, undefined],
  );
});
