import { configSchema } from '../../plugin/contracts/config';
import { startQuantiser } from '../../plugin/int8/process-client';
import { INT8_ENGINE, type Trial } from '../../plugin/int8/quantiser';
import type { ModelDescriptor } from '../../plugin/models/model';

const CALIBRATION = 100;

/** Writes the int8 model of `model` to `target`, as the plugin does: made from the first 100 of `pictures`, tried on the others. */
export async function quantised(
  model: ModelDescriptor & { path: string },
  pictures: readonly string[],
  target: string,
): Promise<Trial> {
  const { limits } = configSchema.parse({});
  const quantiser = startQuantiser({ model, engine: INT8_ENGINE, calibration: CALIBRATION, limits });
  try {
    for (const picture of pictures) await quantiser.add(picture);
    const trial = await quantiser.measure();
    await quantiser.write(trial.ranges, target);
    return trial;
  } finally {
    quantiser.close();
  }
}
