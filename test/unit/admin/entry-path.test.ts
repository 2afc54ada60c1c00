import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryPath } from '../../../admin/src/utils/entry-path';

const PRODUCT = { type: 'api::product.product', documentId: 'a1' };

test('an entry leads to where it is edited, a single type to its only page', () => {
  assert.equal(entryPath(PRODUCT), '/content-manager/collection-types/api::product.product/a1');
  assert.equal(
    entryPath({ type: 'plugin::users-permissions.user', documentId: 'u1' }),
    '/content-manager/collection-types/plugin::users-permissions.user/u1',
  );
  const home = { type: 'api::home.home', documentId: 'h1', single: true };
  assert.equal(entryPath(home), '/content-manager/single-types/api::home.home');
  assert.equal(
    entryPath({ ...home, locale: 'de' }),
    '/content-manager/single-types/api::home.home?plugins[i18n][locale]=de',
  );
});

test('what has no page there leads nowhere', () => {
  assert.equal(entryPath({ type: 'file', documentId: 'f1' }), undefined);
  assert.equal(entryPath({ type: 'plugin::upload.file', documentId: 'f1' }), undefined);
  assert.equal(entryPath({ ...PRODUCT, hidden: true }), undefined);
});
