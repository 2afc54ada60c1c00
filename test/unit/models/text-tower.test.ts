import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { customModel } from '../../../plugin/contracts/custom-model';
import { listModels, verifyModel } from '../../../plugin/models/manage';
import { type OnnxModel, onnxBytes, readOnnx } from '../../../plugin/models/onnx-file';
import { CLIP, modelWithText, resolveTower, textFilesOf } from '../../helpers/text-tower';
import { serveWeights } from '../../helpers/weights-server';

const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-tower-'));
after(() => rmSync(folder, { recursive: true }));

const towerOf = (text: object = {}) => resolveTower('mine', modelWithText('clip-text', text));

/** The same file, changed. */
async function changed(name: string, change: (model: OnnxModel) => void): Promise<string> {
  const model = await readOnnx(textFilesOf('clip-text').path);
  change(model);
  const file = path.join(folder, name);
  writeFileSync(file, onnxBytes(model));
  return file;
}

test('finds the names of the tensors in the file', async () => {
  const { tensors, dims, prompt } = await towerOf();
  assert.deepEqual(tensors, {
    ids: 'input_ids',
    integers: 'int64',
    mask: 'attention_mask',
    output: { name: 'text_embeds', type: 'float32' },
  });
  assert.deepEqual([dims, prompt], [32, '{}']);
});

describe('what does not fit the file names its key', () => {
  const mismatch = (key: string, text: object, message: RegExp) =>
    assert.rejects(towerOf(text), { code: 'MODEL_MISMATCH', details: { model: 'mine', key: `text.${key}` }, message });

  test('a picture tower', async () => {
    await mismatch('path', { path: CLIP.path }, /pixel_values has numbers of type 1, not int64 or int32/);
  });

  test('another name of the output', async () => {
    await mismatch('output.name', { output: { name: 'pooled' } }, /expected one of text_embeds but received pooled/);
  });

  test('vectors of another length', async () => {
    await mismatch('output.name', textFilesOf('siglip-text'), /expected \[n, 32\] but pooler_output is \[.*48\]/);
  });

  test('tokens in halves', async () => {
    const file = await changed('halves.onnx', ({ graph }) => {
      for (const input of graph.input) input.type.tensor_type.elem_type = 10;
    });
    await mismatch('path', { path: file }, /input_ids has numbers of type 10, not int64 or int32/);
  });

  test('no ONNX file', async () => {
    const { tokenizer } = textFilesOf('clip-text');
    await assert.rejects(towerOf({ path: tokenizer.path }), { code: 'MODEL_MISMATCH' });
  });
});

test('files that are not there, or other ones, name their key', async () => {
  const nowhere = path.join(folder, 'nowhere.json');
  await assert.rejects(towerOf({ tokenizer: { path: nowhere } }), {
    code: 'MODEL_UNAVAILABLE',
    message: /`models\.custom\.mine\.text\.tokenizer\.path` names .*nowhere\.json, which cannot be read/,
  });
  await assert.rejects(towerOf({ sha256: 'ab'.repeat(32) }), {
    code: 'MODEL_DAMAGED',
    message: /change `models\.custom\.mine\.text\.sha256`/,
  });
});

test('downloaded once, both files; listed and verified with the model', async () => {
  const server = await serveWeights(Buffer.from('{}'));
  const cacheDir = path.join(folder, 'cache');
  try {
    const text = { ...textFilesOf('clip-text'), tokenizer: { url: server.url } };
    const model = customModel.parse({ ...CLIP, text: { ...CLIP.text, ...text } });
    const options = { cacheDir, custom: { mine: model } };
    const [before] = (await listModels(options)).filter(({ name }) => name === 'mine');
    assert.deepEqual(before.text, { languages: 'not stated', state: 'absent' });
    const tower = await resolveTower('mine', model, options);
    assert.equal(path.dirname(tower.tokenizer), cacheDir);
    await server.close();
    assert.equal((await resolveTower('mine', model, options)).tokenizer, tower.tokenizer);
    const [listed] = (await listModels(options)).filter(({ name }) => name === 'mine');
    assert.equal(listed.text?.state, 'ready');
  } finally {
    await server.close().catch(() => {});
  }
  const wrong = customModel.parse({ ...CLIP, text: { ...CLIP.text, sha256: 'ab'.repeat(32) } });
  const [verified] = await verifyModel('mine', { cacheDir, custom: { mine: wrong } });
  assert.equal(verified.state, 'damaged');
  assert.ok(verified.files.some(({ path: file, ok }) => file === CLIP.text.path && !ok));
});
