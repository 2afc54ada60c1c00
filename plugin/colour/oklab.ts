/** A colour in OKLab, in which equal distances look equally far: lightness 0 to 1, then green to red and blue to yellow, about ±0.4. */
export type Oklab = readonly [lightness: number, a: number, b: number];

/** @param red, green, blue sRGB, 0 to 255; what is beyond is cut off */
export function oklabOf(red: number, green: number, blue: number): Oklab {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

/** Distance from grey. */
export const chromaOf = ([, a, b]: Oklab): number => Math.sqrt(a * a + b * b);

/** Not with `Math.hypot`, which takes several times as long. */
export const distance = (one: Oklab, other: Oklab): number =>
  Math.sqrt((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2);

function linear(value: number): number {
  const share = Math.min(255, Math.max(0, value)) / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
