import { stat } from 'node:fs/promises';

/** A larger model takes so long for a picture that what else could be won does not count; and to hold it twice takes hundreds of MiB. */
const LARGEST_SMALL = 40 * 2 ** 20;

/** Whether a model is to be held in memory once only. Of a file that is not there it is not: the engine says that better. */
export const isLargeModel = (file: string): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size > LARGEST_SMALL,
    () => false,
  );
