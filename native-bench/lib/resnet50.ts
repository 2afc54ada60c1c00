import path from 'node:path';
import type { ModelDescriptor } from '../../plugin/models/model';
import { modelEntry } from '../../plugin/models/registry';
import { convertResNet50 } from '../../plugin/models/resnet50';
import { PHOTO_DIR } from './photos';

/** Weights in Keras' file layout, drawn at random: they compute as long as trained ones, and are good for no precision. */
export const RESNET50 = process.env.RESNET50 ?? path.resolve(PHOTO_DIR, '../models/resnet50_synthetic_notop.h5');

/** Those weights as a model, in a file in `folder`. */
export async function convertedResNet50(folder: string): Promise<ModelDescriptor & { path: string }> {
  const { source: _, ...descriptor } = modelEntry('resnet50');
  const model = { ...descriptor, path: path.join(folder, 'resnet50.onnx') };
  await convertResNet50(RESNET50, model.path);
  return model;
}
