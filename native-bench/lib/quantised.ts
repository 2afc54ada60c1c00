import { configSchema } from '../../plugin/contracts/config';
import { startQuantiser } from '../../plugin/embedder/quantise';
import type { ModelDescriptor } from '../../plugin/models/model';
import { INT8_ENGINE } from '../../plugin/quantise/quantiser';
import type { Measured } from '../../plugin/quantise/verdict';

const CALIBRATION = 100;

/** Writes the int8 model of `model` to `target`: made from the first 100 of `pictures`, tried on the others. */
export async function quantised(
  model: ModelDescriptor & { path: string },
  pictures: readonly string[],
  target: string,
): Promise<Measured> {
  const { limits } = configSchema.parse({});
  const quantiser = startQuantiser({ model, engine: INT8_ENGINE, calibration: CALIBRATION, limits });
  try {
    for (const picture of pictures) await quantiser.add(picture);
    const { ranges, measured } = await quantiser.measure();
    await quantiser.write(ranges, target);
    return measured;
  } finally {
    quantiser.close();
  }
}
