import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimilarError } from '../../../plugin/errors';
import config from '../../../server/src/config';
import { readSettingsBody } from '../../../server/src/validation/settings';

const SECRET = 's3cret';

/** Value of `webhook` in the file → the key that is named, what is expected of it, and the kind of what is there. */
const WRONG: Array<[webhook: Record<string, unknown>, name: string, expected: RegExp, kind: string]> = [
  [{ url: SECRET }, 'webhook.url', /^a URL such as/, 'string'],
  [{ url: `https://shop:${SECRET}@example.com` }, 'webhook.url', /^a URL without user and password/, 'string'],
  [{ url: `ftp://example.com?token=${SECRET}` }, 'webhook.url', /^a URL such as/, 'string'],
  [{ url: [SECRET] }, 'webhook.url', /^a string$/, 'array'],
  [{ headers: `Authorization: ${SECRET}` }, 'webhook.headers', /^an object$/, 'string'],
  [{ headers: [`Authorization: ${SECRET}`] }, 'webhook.headers', /^an object$/, 'array'],
  [{ headers: { [`Authorization: ${SECRET}`]: 'x' } }, 'webhook.headers', /^the name of a header/, 'object'],
  [{ headers: { Authorization: `${SECRET}\n` } }, 'webhook.headers.Authorization', /^a single line/, 'string'],
  [{ headers: { Authorization: SECRET.repeat(700) } }, 'webhook.headers.Authorization', /at most 4096/, 'string'],
  [{ headers: { Authorization: [SECRET] } }, 'webhook.headers.Authorization', /^a string$/, 'array'],
  [{ secret: [SECRET] }, 'webhook.secret', /^a string$/, 'array'],
  [{ secret: '' }, 'webhook.secret', /^a text that is not empty$/, 'string'],
];

function problemOf(work: () => void): SimilarError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SimilarError);
    assert.doesNotMatch(JSON.stringify([error.message, error.details, error.cause, error.stack]), new RegExp(SECRET));
    return error;
  }
  throw new Error('it was taken');
}

const changesOf = (webhook: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(webhook).map(([key, value]) => [`webhook.${key}`, value]));

describe('a wrong value that may be a secret is not told, but its key and what is expected', () => {
  for (const [webhook, name, expected, kind] of WRONG) {
    for (const [way, work] of [
      ['in the file', () => config.validator({ webhook })],
      ['in the admin', () => readSettingsBody({ revision: 0, changes: changesOf(webhook) })],
    ] as const) {
      test(`${way}: ${JSON.stringify(webhook).slice(0, 60)}`, () => {
        const { message, details } = problemOf(work);
        const [, wanted, rest] = message.match(/^Expected (.*) for (.* of type .*)$/) ?? [];
        assert.match(wanted, expected);
        assert.equal(rest, `${name} but received a hidden value of type ${kind}`);
        assert.deepEqual(details, { name });
      });
    }
  }

  const long = `${SECRET} ${'x'.repeat(20)}`;
  for (const [embedders, name, wanted] of [
    [
      [{ url: 'http://gpu:7700', token: SECRET }],
      'embedders.0.token',
      'a token of 16 to 1024 visible ASCII characters',
    ],
    [[{ url: 'http://gpu:7700', token: long }], 'embedders.0.token', 'a token of 16 to 1024 visible ASCII characters'],
    [[{ url: `http://me:${SECRET}@gpu:7700` }], 'embedders.0.url', 'a URL without user and password'],
    [[{ url: `ftp://gpu?${SECRET}` }], 'embedders.0.url', 'a URL such as'],
    [[SECRET], 'embedders.0', 'an object'],
    [SECRET, 'embedders', 'a list'],
  ] as const) {
    test(`of a machine that embeds: ${JSON.stringify(embedders)}`, () => {
      const { message, details } = problemOf(() => config.validator({ embedders }));
      assert.ok(message.startsWith(`Expected ${wanted}`), message);
      assert.ok(message.includes(` for ${name} but received a hidden value of type `), message);
      assert.deepEqual(details, { name });
    });
  }

  test('nor what is around it, or under a key that is misspelt', () => {
    for (const [input, message] of [
      [{ webhook: `https://${SECRET}` }, 'Expected an object for webhook but received a hidden value of type string'],
      [
        { models: { mirror: `ftp://shop:${SECRET}@example.com` } },
        'Expected a URL such as https://example.com/path for models.mirror but received a hidden value of type string',
      ],
      [{ webhook: { secert: SECRET } }, 'Unknown key webhook.secert'],
      [{ webhok: { secret: SECRET } }, 'Unknown key webhok'],
    ] as const) {
      assert.equal(problemOf(() => config.validator(input)).message, message);
    }
    for (const [body, message] of [
      [{ revision: 0, changes: { 'webhook.secert': SECRET } }, 'Unknown key webhook.secert'],
      [{ revision: 0, changes: {}, 'webhook.secret': SECRET }, 'Unknown key webhook.secret'],
      [
        { revision: 0, changes: `{"webhook.secret":"${SECRET}"}` },
        'Expected an object for changes but received a hidden value of type string',
      ],
    ] as const) {
      assert.equal(problemOf(() => readSettingsBody(body)).message, message);
    }
  });

  test('other keys of the group are told as ever', () => {
    assert.throws(() => config.validator({ webhook: { top: 'ten' } }), /for webhook\.top but received "ten"/);
  });
});
