import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { createSentPicture } from '../../../server/src/media/sent-picture';
import { createSlots } from '../../../server/src/util/slots';

const strapi = { config: { get: () => ({}) } } as unknown as Core.Strapi;
const picture = { filepath: '/tmp/sent', size: 1 };
const ctx = { is: () => 'multipart/form-data', request: { files: { picture } } } as unknown as Context;

test('after three pictures that ended the decoder no more are taken, for a while', async (context) => {
  let now = 0;
  context.mock.method(performance, 'now', () => now);
  const sent = createSentPicture({ strapi, slots: createSlots(() => 4) });
  const failing = (code: 'DECODER_CRASHED' | 'DECODER_TIMEOUT' | 'DECODE_FAILED') => () =>
    Promise.reject(new SimilarError(code, 'broken'));
  for (let i = 0; i < 5; i++) await assert.rejects(sent.use(ctx, failing('DECODE_FAILED')), { code: 'DECODE_FAILED' });
  for (const code of ['DECODER_CRASHED', 'DECODER_TIMEOUT', 'DECODER_CRASHED'] as const) {
    await assert.rejects(sent.use(ctx, failing(code)), { code });
    now += 1_000;
  }
  const refused = sent.use(ctx, async () => assert.fail('it is not decoded'));
  await assert.rejects(refused, { code: 'TOO_MANY_SEARCHES', status: 429 });
  now += 60_000;
  assert.equal(await sent.use(ctx, async (path) => path), '/tmp/sent');
});
