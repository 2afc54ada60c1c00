import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRow } from '../../../server/src/media/row';
import { earlierStamp, remoteStamp } from '../../../server/src/media/stamp';

const row: FileRow = {
  id: 1,
  url: 'https://cdn.example/a.jpg',
  hash: 'a',
  ext: '.jpg',
  mime: 'image/jpeg',
  size: 12.34,
  provider: 'aws-s3',
  updatedAt: '2026-01-01T00:00:00.000Z',
  width: 800,
  height: 600,
  formats: { thumbnail: { size: 5.12, sizeInBytes: 5_121 } },
};

test('a text that is edited changes the time of the row, and not the stamp', () => {
  const edited = { ...row, updatedAt: '2026-02-02T00:00:00.000Z', alternativeText: 'a cat', folderPath: '/1/2' };
  assert.equal(remoteStamp(edited), remoteStamp(row));
});

const others: Array<[what: string, other: Partial<FileRow>]> = [
  ['url', { url: 'https://cdn.example/b.jpg' }],
  ['hash', { hash: 'b' }],
  ['ext', { ext: '.png' }],
  ['mime', { mime: 'image/png' }],
  ['size', { size: 12.35 }],
  ['width', { width: 801 }],
  ['height', { height: 601 }],
  ['thumbnail, all else being the same', { formats: { thumbnail: { size: 5.12, sizeInBytes: 5_122 } } }],
];
for (const [what, other] of others) {
  test(`another ${what} is another stamp`, () => {
    assert.notEqual(remoteStamp({ ...row, ...other }), remoteStamp(row));
  });
}

test('rows of databases that give numbers as texts, or formats in another order, have the same stamp', () => {
  const large = { sizeInBytes: 9_000 };
  const thumbnail = { sizeInBytes: 5_121 };
  assert.equal(
    remoteStamp({ ...row, size: '12.34' as never, formats: { large, thumbnail } }),
    remoteStamp({ ...row, formats: { thumbnail, large } }),
  );
});

test('the stamp is short, however long the address', () => {
  assert.ok(remoteStamp({ ...row, url: `https://cdn.example/${'x'.repeat(5_000)}` }).length < 64);
});

test('a stamp of earlier versions is recognised, whatever its time', () => {
  assert.ok('https://cdn.example/a.jpg|12.34|1767225600000'.startsWith(earlierStamp(row)));
  assert.ok(!'https://cdn.example/a.jpg|12.3|1767225600000'.startsWith(earlierStamp(row)));
});
