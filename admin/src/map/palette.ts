/** Red, green and blue, from 0 to 1, of `#rrggbb`. */
const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);

interface Palette {
  groups: readonly string[];
  other: string;
  none: string;
}

/** Chosen by search: far apart also for eyes without red, green or blue cones, and plain to see on a page that is light, or dark. */
export const ON_LIGHT: Palette = {
  groups: ['#0d37ab', '#d0750a', '#836298', '#5f2905', '#3567de', '#9b462f'],
  other: '#32324d',
  none: '#8e8ea9',
};
export const ON_DARK: Palette = {
  groups: ['#51a2f8', '#f98e52', '#83e1dd', '#f6de7d', '#3567de', '#a87346'],
  other: '#ffffff',
  none: '#8e8ea9',
};

/** @param background `#rrggbb` */
export function paletteOn(background: string): Palette {
  const [red, green, blue] = channels(background);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 ? ON_LIGHT : ON_DARK;
}

/** One for each of these groups, which come with the largest first. */
export const coloursOf = (values: readonly string[], { groups, other, none }: Palette): string[] =>
  values.map((value, at) => (value === 'other' ? other : value === 'none' ? none : groups[at]));
