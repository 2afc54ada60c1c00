import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import { configuredSpace, fp32Space, modelsOf } from '../../../plugin/spaces/model-space';

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
