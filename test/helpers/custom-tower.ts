import path from 'node:path';
import type { CustomModel } from '../../plugin/contracts/custom-model';
import { outputShape } from '../../plugin/engines/output-shape';
import { proposeModel } from '../../plugin/models/propose';

const FOLDER = path.join(__dirname, '../fixtures/towers');

/** The configuration's entry of a small tower, as `model add` prints it: a model that needs no download. */
export async function towerEntry(tower: string): Promise<CustomModel> {
  const { entry } = await proposeModel(path.join(FOLDER, tower, 'model.onnx'), { name: tower, shapeOf: outputShape });
  return entry;
}
