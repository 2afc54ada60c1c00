import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { complaintAbout, OLDEST } from '../../../server/src/util/strapi-version';

test('versions of Strapi that are too old, or of another generation, are refused by name', () => {
  for (const version of ['5.0.0', '5.13.0', '5.36.1', '5.50.1', '4.99.9', '6.0.0', '6.0.0-beta.1']) {
    assert.match(complaintAbout(version) ?? '', new RegExp(`needs Strapi 5\\.50\\.2 .* this is ${version}`), version);
  }
  for (const version of [OLDEST, '5.50.3', '5.54.0', '5.100.0', '5.55.0-beta.2', 'experimental'])
    assert.equal(complaintAbout(version), undefined, version);
});

test('package.json asks for the same version', () => {
  const { peerDependencies } = JSON.parse(readFileSync(path.join(__dirname, '../../../package.json'), 'utf8'));
  for (const name of ['@strapi/strapi', '@strapi/utils', '@strapi/plugin-graphql'])
    assert.equal(peerDependencies[name], `>=${OLDEST} <6.0.0`);
});
