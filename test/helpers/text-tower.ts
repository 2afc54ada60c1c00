import path from 'node:path';
import type { z } from 'zod';
import { type CustomModel, customModel } from '../../plugin/contracts/custom-model';
import { customEntry } from '../../plugin/models/custom-model';
import type { ModelOptions } from '../../plugin/models/options';
import { resolveTextTower } from '../../plugin/models/text-tower';

const FOLDER = path.join(__dirname, '../fixtures/towers');

/** What the models of each tower's kind take (test/fixtures/towers/make_text.py), and the length of its vectors. */
export const TEXT_TOWERS = {
  'clip-text': { dims: 32, text: { tokens: 77, lowercase: false } },
  'siglip-text': { dims: 48, text: { tokens: 64, padding: 1, lowercase: false } },
  'siglip2-text': { dims: 48, text: { tokens: 64, padding: 0, lowercase: true } },
} as const;

export type TextTowerName = keyof typeof TEXT_TOWERS;

/** The files of a text tower of the fixtures. */
export function textFilesOf(name: TextTowerName) {
  const folder = path.join(FOLDER, name);
  return { path: path.join(folder, 'model.onnx'), tokenizer: { path: path.join(folder, 'tokenizer.json') } };
}

/** CLIP's two towers, small, as one model that knows pictures and words. */
export const CLIP: z.input<typeof customModel> & { path: string; text: { path: string } } = {
  path: path.join(FOLDER, 'clip-projection/model.onnx'),
  preprocessing: {
    size: 224,
    resize: 'bicubic',
    fit: 'crop',
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
  output: { name: 'image_embeds', dims: TEXT_TOWERS['clip-text'].dims },
  text: { ...textFilesOf('clip-text'), ...TEXT_TOWERS['clip-text'].text },
};

/** A model with this text tower, and a picture tower that nobody runs. */
export function modelWithText(name: TextTowerName, text: object = {}): CustomModel {
  const tower = TEXT_TOWERS[name];
  return customModel.parse({
    ...CLIP,
    output: { dims: tower.dims },
    text: { ...textFilesOf(name), ...tower.text, ...text },
  });
}

export const resolveTower = (name: string, model: CustomModel, options: ModelOptions = {}) =>
  resolveTextTower(customEntry(name, model), model.text!, options);
