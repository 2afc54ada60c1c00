import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
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

test('a picture that comes as text is a file meanwhile, counts as any other and leaves nothing', async () => {
  const sent = createSentPicture({ strapi, slots: createSlots(() => 1) });
  const text = Buffer.from('a picture').toString('base64');
  const paths: string[] = [];
  const use = (work: (path: string) => Promise<unknown>) =>
    sent.ofBase64(text, (path) => {
      paths.push(path);
      return work(path);
    });
  assert.equal(await use((path) => readFile(path, 'utf8')), 'a picture');
  for (let i = 0; i < 3; i++) {
    await assert.rejects(
      use(() => Promise.reject(new SimilarError('DECODER_CRASHED', 'broken'))),
      { code: 'DECODER_CRASHED' },
    );
  }
  await assert.rejects(
    use(async () => assert.fail('it is not decoded')),
    { code: 'TOO_MANY_SEARCHES' },
  );
  assert.equal(paths.length, 4);
  for (const path of paths) await assert.rejects(stat(dirname(path)), { code: 'ENOENT' });
});

test('what is no base64, or too large, is refused before anything is written', async () => {
  const small = { config: { get: () => ({ search: { maxBytes: 2_000 } }) } } as unknown as Core.Strapi;
  const sent = createSentPicture({ strapi: small, slots: createSlots(() => 1) });
  const refused = (text: string, code: string) =>
    assert.rejects(
      sent.ofBase64(text, async () => assert.fail('it is not used')),
      { code },
    );
  for (const text of ['', 'data:image/png;base64,AAAA', 'AAA', 'AA AA', 'AAAA\n', 'AAA_']) {
    await refused(text, 'INVALID_PARAMETER');
  }
  await refused('AAAA'.repeat(1_000), 'TOO_LARGE');
});
