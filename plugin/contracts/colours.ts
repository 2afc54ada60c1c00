/** What people call colours, in the order in which a shop offers them. Texts in other languages are made of the names. */
export const COLOUR_NAMES = {
  black: '1c1c1c',
  grey: '808080',
  white: 'f5f5f5',
  beige: 'd8c4a0',
  brown: '7a4a2a',
  red: 'c4242c',
  orange: 'ec7d1c',
  yellow: 'f0cc28',
  green: '3c8c48',
  turquoise: '2cacac',
  blue: '2c60b8',
  navy: '1c2c58',
  purple: '783ca0',
  pink: 'ec84b0',
} as const;

export type ColourName = keyof typeof COLOUR_NAMES;
