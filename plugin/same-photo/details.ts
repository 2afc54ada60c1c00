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
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [top, low] = [y * width, (y + 2 * REACH + 1) * width];
      const sum = sums[low + x + 2 * REACH + 1] - sums[low + x] - sums[top + x + 2 * REACH + 1] + sums[top + x];
      details[y * side + x] = points[y * side + x] - sum / (2 * REACH + 1) ** 2;
    }
  }
  return unit(details);
}

/** Sums of all that is above and to the left, the border going on as it ends. */
function sumsOf(points: Float32Array, side: number): Float64Array {
  const padded = side + 2 * REACH;
  const sums = new Float64Array((padded + 1) ** 2);
  const inside = (at: number) => Math.min(side - 1, Math.max(0, at - REACH));
  for (let y = 0; y < padded; y++) {
    let row = 0;
    for (let x = 0; x < padded; x++) {
      row += points[inside(y) * side + inside(x)];
      sums[(y + 1) * (padded + 1) + x + 1] = sums[y * (padded + 1) + x + 1] + row;
    }
  }
  return sums;
}

/** Least variance of a point: less is the noise of saving. */
const LEAST = 0.05;

function unit(values: Float32Array): Float32Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2;
  if (square < LEAST * values.length) return values.fill(0);
  const length = Math.sqrt(square);
  return values.map((value) => (value - mean) / length);
}
