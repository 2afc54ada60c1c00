import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { loadWasmRuntime } from '../../../plugin/engines/wasm';
import { publishedEntry, publishedNames } from '../../../plugin/models/published';
import { textOf } from '../../../plugin/models/text-tower';
import { createTokens } from '../../../plugin/text/process/tokens';
import { openTower } from '../../../plugin/text/process/tower';
import { createTextEmbedder, type LazyTextEmbedder } from '../../../plugin/text/text-embedder';
import { cosine } from '../../../plugin/vectors/cosine';
import { sentences, towers } from '../../fixtures/towers/expected-text.json';
import { createTestLogger } from '../../helpers/index-under-test';
import { modelWithText, resolveTower, TEXT_TOWERS, type TextTowerName, textFilesOf } from '../../helpers/text-tower';

/** Float32 in another order. */
const LEAST = 0.9999;

/** Published models whose tokenizer and graph a tower has. */
const PUBLISHED: Record<TextTowerName, string> = {
  'clip-text': 'clip-vit-b-32',
  'siglip-text': 'siglip-base-p16-224',
  'siglip2-text': 'siglip2-base-p16-224',
};

const open: LazyTextEmbedder[] = [];
after(() => Promise.all(open.map((embedder) => embedder.close())));

for (const name of Object.keys(towers) as TextTowerName[]) {
  const expected = towers[name];
  const { text } = TEXT_TOWERS[name];

  describe(name, () => {
    test('cuts sentences into the tokens that the field’s own library finds', async () => {
      const file = JSON.parse(readFileSync(textFilesOf(name).tokenizer.path, 'utf8'));
      const tokensOf = await createTokens(file, { prompt: '{}', ...text });
      for (const [at, sentence] of sentences.entries()) {
        const { ids, mask } = tokensOf(sentence) ?? { ids: [], mask: [] };
        const own = ids.slice(0, mask.indexOf(0) < 0 ? undefined : mask.indexOf(0));
        assert.deepEqual(own, expected[at].ids, sentence);
        if ('padding' in text) assert.equal(ids.length, text.tokens);
        assert.ok(ids.length <= text.tokens);
      }
    });

    test('the whole path gives what transformers gives', async () => {
      const model = modelWithText(name);
      const embedder = createTextEmbedder({
        model: name,
        tower: () => resolveTower(name, model),
        threads: 1,
        logger: createTestLogger(),
        patienceMs: 60_000,
      });
      open.push(embedder);
      const vectors = await embedder.embedAll(sentences);
      const cosines = vectors.map((vector, at) => cosine(vector!, Float32Array.from(expected[at].vector)));
      assert.ok(Math.min(...cosines) >= LEAST, `cosines ${cosines.map((value) => value.toFixed(6))}`);
    });

    test('so does WebAssembly, where the native runtime cannot be loaded', async () => {
      const { path, dims, tensors } = await resolveTower(name, modelWithText(name));
      const options = { executionProviders: ['wasm'] };
      const run = await openTower(loadWasmRuntime(1), { path, dims, tensors, options });
      const file = JSON.parse(readFileSync(textFilesOf(name).tokenizer.path, 'utf8'));
      const tokensOf = await createTokens(file, { prompt: '{}', ...text });
      for (const [at, sentence] of sentences.entries()) {
        const vector = await run(tokensOf(sentence)!);
        assert.ok(cosine(vector, Float32Array.from(expected[at].vector)) >= LEAST, sentence);
      }
    });

    test('tells sentences apart, so that a wrong token would be seen', () => {
      const vectors = expected.map(({ vector }) => Float32Array.from(vector));
      for (const [i, one] of vectors.entries()) {
        for (const other of vectors.slice(i + 1)) assert.ok(cosine(one, other) < 0.999);
      }
    });

    test('is what the published model of its kind is given', () => {
      const { tokens, padding, lowercase } = textOf(publishedEntry(PUBLISHED[name])!)!;
      assert.deepEqual({ tokens, padding, lowercase }, { padding: undefined, ...text });
    });
  });
}

test('every published model that knows words has a tower', () => {
  const knowing = publishedNames().filter((name) => textOf(publishedEntry(name)!));
  assert.deepEqual(knowing.sort(), Object.values(PUBLISHED).sort());
});
