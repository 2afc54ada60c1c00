import { COLOUR_NAMES } from '../contracts/colours';
import { colourOfHex } from './hex';
import type { Oklab } from './oklab';

export const NAMED_COLOURS: ReadonlyArray<{ name: string; hex: string; colour: Oklab }> = Object.entries(
  COLOUR_NAMES,
).map(([name, hex]) => ({ name, hex, colour: colourOfHex(hex) }));
