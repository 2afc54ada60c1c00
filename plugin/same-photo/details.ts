/** Points to each side whose mean is taken away. */
const REACH = 2;

/**
 * What a picture has beside its large areas: each point without the mean of the 5 × 5 around it, brought to length 1. Photos of one
 * scene, or of one shape on white, have the areas in common, copies of a photo the details. Brightness and contrast leave them as they are.
 * @returns zeros where there are none
 */
export function detailsOf(points: Float32Array, side: number): Float32Array {
  const sums = sumsOf(points, side);
  const details = new Float32Array(points.length);
  const width = side + 2 * REACH + 1;
  const window = 2 * REACH + 1;
  for (let y = 0; y < side; y++) {
    const top = y * width;
    const low = top + window * width;
    for (let x = 0; x < side; x++) {
      const sum = sums[low + x + window] - sums[low + x] - sums[top + x + window] + sums[top + x];
      details[y * side + x] = points[y * side + x] - sum / (window * window);
    }
  }
  return unit(details);
}

/** Sums of all that is above and to the left, the border going on as it ends. */
function sumsOf(points: Float32Array, side: number): Float64Array {
  const padded = side + 2 * REACH;
  const width = padded + 1;
  const sums = new Float64Array(width * width);
  for (let y = 0; y < padded; y++) {
    const from = inside(y, side) * side;
    let row = 0;
    for (let x = 0; x < padded; x++) {
      row += points[from + inside(x, side)];
      sums[(y + 1) * width + x + 1] = sums[y * width + x + 1] + row;
    }
  }
  return sums;
}

const inside = (at: number, side: number) => (at < REACH ? 0 : at - REACH < side ? at - REACH : side - 1);

/** Least variance of a point: less is the noise of saving. */
const LEAST = 0.05;

function unit(values: Float32Array): Float32Array {
  let mean = 0;
  for (let at = 0; at < values.length; at++) mean += values[at];
  mean /= values.length;
  let square = 0;
  for (let at = 0; at < values.length; at++) square += (values[at] - mean) ** 2;
  if (square < LEAST * values.length) return values.fill(0);
  const length = Math.sqrt(square);
  for (let at = 0; at < values.length; at++) values[at] = (values[at] - mean) / length;
  return values;
}
