import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '@strapi/strapi';
import config, { readConfig } from '../../../server/src/config';

const refuses = (input: unknown, message: string) =>
  assert.throws(
    () => config.validator(input),
    (error: Error & { code?: string }) => {
      assert.equal(error.message, message);
      assert.equal(error.code, 'INVALID_CONFIG');
      return true;
    },
  );

test('nothing has to be configured', () => {
  const strapi = { config: { get: () => config.default() } } as unknown as Core.Strapi;
  config.validator(config.default());
  assert.equal(readConfig(strapi).api.defaultLimit, 7);
});

test('a wrong value: the message names the key, the expected and the received', () => {
  refuses({ engine: { batchSize: '8' } }, 'Expected a number for engine.batchSize but received "8" of type string');
  refuses({ engine: { batchSize: 0 } }, 'Expected a number ≥ 1 for engine.batchSize but received 0 of type number');
  refuses(
    { models: { mirror: 'shop' } },
    'Expected a URL such as https://example.com/path for models.mirror but received a hidden value of type string',
  );
  refuses({ indexing: 'yes' }, 'Expected true or false for indexing but received "yes" of type string');
  refuses(
    { index: { scalar: 'f8' } },
    'Expected one of bf16, f16, f32, i8 for index.scalar but received "f8" of type string',
  );
});

test('an unknown key is named', () => {
  refuses({ engine: { batchsize: 8 } }, 'Unknown key engine.batchsize');
  refuses({ modle: 'resnet50' }, 'Unknown key modle');
});

test('content types: either every one, or uids with their attributes', () => {
  config.validator({ contentTypes: { 'api::product.product': ['images', 'blocks.photo'] } });
  assert.throws(() => config.validator({ contentTypes: { product: '*' } }), /a uid such as api::product\.product/);
  const weights = (gallery: unknown) => () => config.validator({ contentTypes: { 'api::a.a': { cover: 1, gallery } } });
  weights(0.5)();
  for (const wrong of [-1, 0, 1.5, Number.NaN, '0.5', null]) {
    assert.throws(weights(wrong), /a number above 0 and of at most 1 for contentTypes\.api::a\.a\.gallery/, `${wrong}`);
  }
  assert.throws(() => config.validator({ contentTypes: { 'api::a.a': {} } }), /contentTypes\.api::a\.a/);
  assert.throws(() => config.validator({ contentTypes: 4 }), /Expected "\*" or an object for contentTypes/);
});
