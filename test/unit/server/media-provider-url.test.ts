import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Place, wholeUrl } from '../../../server/src/media/provider-url';

const BASE = { baseUrl: 'https://cdn.example/media' };

const whole: Array<[url: string, place: Place, found: string]> = [
  ['https://cdn.example/x.jpg', {}, 'https://cdn.example/x.jpg'],
  ['http://minio:9000/x.jpg?X-Amz-Signature=1', {}, 'http://minio:9000/x.jpg?X-Amz-Signature=1'],
  ['HTTPS://cdn.example/x.jpg', {}, 'https://cdn.example/x.jpg'],
  ['//cdn.example/x.jpg', {}, 'https://cdn.example/x.jpg'],
  ['//cdn.example/x.jpg', { serverUrl: 'http://localhost:1337' }, 'http://cdn.example/x.jpg'],
  ['//cdn.example/x.jpg', { serverUrl: 'https://shop.example' }, 'https://cdn.example/x.jpg'],
  ['//cdn.example/x.jpg', { serverUrl: '/cms', ...BASE }, 'https://cdn.example/x.jpg'],
  ['cdn.example.com/x.jpg', {}, 'https://cdn.example.com/x.jpg'],
  ['cdn.example.com:8443/x.jpg', BASE, 'https://cdn.example.com:8443/x.jpg'],
  ['localhost:9000/x.jpg', {}, 'https://localhost:9000/x.jpg'],
  ['/uploads/x.jpg', BASE, 'https://cdn.example/media/uploads/x.jpg'],
  ['x.jpg', BASE, 'https://cdn.example/media/x.jpg'],
  ['x.jpg', { baseUrl: 'https://cdn.example/media//' }, 'https://cdn.example/media/x.jpg'],
  ['folder.v2/x.jpg', BASE, 'https://cdn.example/media/folder.v2/x.jpg'],
  ['folder/x.jpg?v=1', BASE, 'https://cdn.example/media/folder/x.jpg?v=1'],
];
for (const [url, place, found] of whole) {
  test(`${url} with ${JSON.stringify(place)} is ${found}`, () => assert.equal(wholeUrl(url, place, {}).href, found));
}

const refused: Array<[url: string, place: Place, why: RegExp]> = [
  ['/uploads/x.jpg', { serverUrl: 'https://shop.example' }, /has no host: set `uploads.baseUrl`/],
  ['x.jpg', {}, /has no host/],
  ['', {}, /has no host/],
  ['data:image/png;base64,c2VjcmV0', BASE, /starts with “data:”, which is not supported$/],
  ['s3://bucket/x.jpg', BASE, /starts with “s3:”/],
  ['file:///etc/passwd', BASE, /starts with “file:”/],
  ['blob:https://shop.example/1', BASE, /starts with “blob:”/],
  ['https://', {}, /is invalid/],
  ['/x.jpg', { baseUrl: 'no address' }, /is invalid/],
];
for (const [url, place, message] of refused) {
  test(`“${url}” with ${JSON.stringify(place)} is refused`, () => {
    assert.throws(() => wholeUrl(url, place, { stamp: 's' }), {
      code: 'DOWNLOAD_FAILED',
      message,
      details: { stamp: 's' },
    });
  });
}
