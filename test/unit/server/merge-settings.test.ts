import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Core } from '@strapi/strapi';
import { applySettings, readConfig, readMerged } from '../../../server/src/config';

const PRODUCT = 'api::product.product';
const PAGE = 'api::page.page';

/** A Strapi with one content type with pictures, and another without. */
function strapiWith(config: unknown): Core.Strapi {
  const contentTypes: Record<string, object> = {
    [PRODUCT]: { attributes: { images: { type: 'media' }, stock: { type: 'integer' }, name: { type: 'string' } } },
    [PAGE]: { attributes: { title: { type: 'string' } } },
  };
  const getModel = (uid: string) => contentTypes[uid];
  const strapi = { contentTypes, getModel, config: { get: () => config } } as unknown as Core.Strapi;
  // Strapi's utilities look there.
  Object.assign(globalThis, { strapi });
  return strapi;
}

describe('the configuration that holds', () => {
  test('is what the operator has written, then what is set in the admin, then the default', () => {
    const strapi = strapiWith({ api: { cacheControl: 'public', maxLimit: 10 } });
    const fallback = { [PRODUCT]: { sort: 'name:asc' } };
    const { config, sources, ignored } = applySettings(strapi, { 'api.cacheControl': 'no-store', fallback });
    assert.equal(config.api.cacheControl, 'public');
    assert.equal(config.api.maxLimit, 10);
    assert.deepEqual(config.fallback, fallback);
    assert.equal(config.contentTypes, '*');
    assert.equal(sources['api.cacheControl'], 'config');
    assert.equal(sources.fallback, 'settings');
    assert.equal(sources.contentTypes, 'default');
    assert.deepEqual(ignored, {});
  });

  test('a group that the operator has begun can be completed in the admin', () => {
    const strapi = strapiWith({ api: { maxLimit: 10 } });
    const { config } = applySettings(strapi, { 'api.cacheControl': 'no-store' });
    assert.deepEqual([config.api.cacheControl, config.api.maxLimit], ['no-store', 10]);
  });

  test('a setting that names what is gone is ignored with the reason, and the others hold', () => {
    const strapi = strapiWith({});
    const { config, sources, ignored } = applySettings(strapi, {
      contentTypes: { 'api::shoe.shoe': '*' },
      'ranking.boost': { [PRODUCT]: { field: 'name', weight: 0.5, halfAt: 1 } },
      fallback: { [PRODUCT]: { same: 'kind', sort: 'name:asc' } },
      'api.cacheControl': 'no-store',
    });
    assert.equal(config.contentTypes, '*');
    assert.equal(sources.contentTypes, 'default');
    assert.match(ignored.contentTypes?.message ?? '', /existing content type for contentTypes\.api::shoe\.shoe/);
    assert.match(ignored['ranking.boost']?.message ?? '', /a number for ranking\.boost/);
    assert.match(ignored.fallback?.message ?? '', /fallback\.api::product\.product\.same/);
    assert.equal(config.api.cacheControl, 'no-store');
  });

  test('of two settings that do not fit together, the one that is named later is ignored', () => {
    const strapi = strapiWith({ thresholds: { nearDuplicate: 0.8 } });
    const { config, ignored } = applySettings(strapi, { 'thresholds.similar': 0.85, 'thresholds.identical': 0.9 });
    assert.deepEqual(config.thresholds, { identical: 0.9, nearDuplicate: 0.8, similar: 0.65 });
    const { message } = ignored['thresholds.similar'] ?? {};
    assert.equal(
      message,
      'Expected a number of at most thresholds.nearDuplicate for thresholds.similar but received 0.85 of type number',
    );
  });

  test('is the same object until something changes', () => {
    const strapi = strapiWith({});
    const before = readConfig(strapi);
    assert.equal(readConfig(strapi), before);
    applySettings(strapi, { 'api.cacheControl': 'no-store' });
    assert.notEqual(readConfig(strapi), before);
    assert.equal(readConfig(strapi), readConfig(strapi));
    applySettings(strapi, {});
    assert.deepEqual(readConfig(strapi), before);
  });

  test('of two Strapis in one process, each has its own', () => {
    const [one, other] = [strapiWith({}), strapiWith({})];
    applySettings(one, { 'api.cacheControl': 'no-store' });
    assert.equal(readMerged(one).sources['api.cacheControl'], 'settings');
    assert.equal(readMerged(other).sources['api.cacheControl'], 'default');
  });
});
