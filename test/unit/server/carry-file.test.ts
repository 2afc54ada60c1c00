import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimilarError } from '../../../plugin/errors';
import { type Carried, type CarriedPicture, readFile, writeFile } from '../../../server/src/carry/file';

const CONTENT = 'a'.repeat(31);
const file = (hash: string): CarriedPicture => ({ type: 'file', name: `${hash}.jpg`, hash });
const product = (documentId: string) => ({ type: 'api::product.product', documentId });

const carried: Carried = {
  settings: { 'thresholds.similar': 0.6, 'api.cacheControl': 'no-cache' },
  rules: [
    { kind: 'pin', source: product('b'), target: product('a'), place: 2, author: 'Ann' },
    { kind: 'hide', target: { ...file('red'), content: CONTENT } },
    { kind: 'hide', source: file('red'), target: product('a') },
  ],
  verdicts: [
    { kind: 'same', pictures: [file('b'), file('a')] },
    { kind: 'different', pictures: [file('a'), file('c'), file('d')], author: 'Ben' },
  ],
};

const wrong = (words: RegExp) => (error: unknown) =>
  error instanceof SimilarError && error.code === 'DECISIONS_INVALID' && words.test(error.message);
const document = (parts: object) => JSON.stringify({ format: 'similar-decisions', version: 1, ...parts });

describe('the file of decisions', () => {
  test('is the same text for the same decisions, whatever their order, and read as it was written', () => {
    const text = writeFile(carried);
    const shuffled: Carried = {
      verdicts: carried.verdicts?.toReversed(),
      rules: carried.rules?.toReversed().map((rule) => Object.fromEntries(Object.entries(rule).reverse()) as never),
      settings: { 'api.cacheControl': 'no-cache', 'thresholds.similar': 0.6 },
    };
    assert.equal(writeFile(shuffled), text);
    assert.equal(writeFile(readFile(text)), text);
    assert.equal(writeFile(readFile(`\uFEFF${text}`)), text, 'as editors on Windows save it');
    assert.deepEqual(Object.keys(JSON.parse(text).settings), ['api.cacheControl', 'thresholds.similar']);
    assert.match(text, /^\{\n {2}"format": "similar-decisions",\n {2}"version": 1,/);
    assert.ok(text.endsWith('}\n'));
  });

  test('says nothing of parts that it lacks', () => {
    assert.deepEqual(readFile(document({ rules: [] })), { settings: undefined, rules: [], verdicts: undefined });
    assert.equal(writeFile({ rules: [] }).includes('settings'), false);
  });

  const pin = { kind: 'pin', source: product('b'), target: product('a'), place: 1 };
  const WRONG: Array<[what: string, text: string, message: RegExp]> = [
    ['no JSON', '{"format":', /no JSON/],
    ['nothing', 'null', /Expected an object for body/],
    ['another file', '{"entries": []}', /format/],
    ['a later version', document({ version: 2 }), /Version 2 .* newer/],
    ['a place that is none', document({ rules: [{ ...pin, place: 0 }] }), /a number ≥ 1 for rules\.0\.place/],
    ['a kind that is none', document({ rules: [{ ...pin, kind: 'same' }] }), /one of pin, hide for rules\.0\.kind/],
    ['a pin beside nothing', document({ rules: [{ ...pin, source: undefined }] }), /rules\.0\.source/],
    [
      'a file by its documentId',
      document({ rules: [{ ...pin, target: { type: 'file', documentId: 'x' } }] }),
      /rules\.0\.target/,
    ],
    ['an odd type', document({ rules: [{ ...pin, target: { type: 'shop', documentId: 'x' } }] }), /rules\.0\.target/],
    [
      'a picture alone',
      document({ verdicts: [{ kind: 'same', pictures: [file('a')] }] }),
      /2 or more entries for verdicts\.0\.pictures/,
    ],
    [
      'a verdict on entries',
      document({ verdicts: [{ kind: 'same', pictures: [product('a'), product('b')] }] }),
      /verdicts\.0\.pictures\.0/,
    ],
    ['an unknown setting', document({ settings: { model: 'clip' } }), /Unknown key settings\.model/],
    ['a setting out of bounds', document({ settings: { 'thresholds.similar': 2 } }), /settings\.thresholds\.similar/],
    [
      'the opposite of itself',
      document({
        verdicts: [
          { kind: 'same', pictures: [file('a'), file('b')] },
          { kind: 'different', pictures: [file('b'), file('a')] },
        ],
      }),
      /verdicts\.1 says the opposite/,
    ],
  ];
  for (const [what, text, message] of WRONG) {
    test(`names the place of ${what}`, () => {
      assert.throws(() => readFile(text), wrong(message));
    });
  }

  test('takes no secrets, and shows none', () => {
    for (const key of ['webhook.url', 'webhook.secret', 'webhook.headers']) {
      const text = document({ settings: { [key]: 'hush-hush' } });
      assert.throws(
        () => readFile(text),
        ({ message }: Error) => message.includes(`settings.${key}`) && !message.includes('hush'),
      );
    }
  });
});
