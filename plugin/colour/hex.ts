import { type Oklab, oklabOf } from './oklab';

const HEX = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** `#a33`, `a33` and `#aa3333` are one colour. */
export const isHexColour = (text: string): boolean => HEX.test(text);

/** @param hex as `isHexColour` says. */
export function colourOfHex(hex: string): Oklab {
  const digits = hex.replace('#', '');
  const each = digits.length / 3;
  const [red, green, blue] = [0, 1, 2].map((at) => {
    const part = digits.slice(at * each, (at + 1) * each);
    return Number.parseInt(each === 1 ? part + part : part, 16);
  });
  return oklabOf(red, green, blue);
}
