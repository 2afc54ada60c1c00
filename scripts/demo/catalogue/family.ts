import type { Surface } from './brush';

/** One product of a family: the same form exists in several colours and patterns. */
export interface Variant {
  /** Which of the family's forms, 0-based. */
  form: number;
  colour: string;
  /** Goes with `colour`: pattern, laces, pocket, … */
  accent: string;
  /** Colour and pattern of the main surface. */
  surface: Surface;
}

export interface Family {
  /** Category in both languages, and the noun of one product. */
  category: { en: string; de: string };
  noun: { en: string; de: string };
  /** Model names, one for each form. */
  forms: readonly [string, string, string];
  /** Price of the cheapest product. */
  price: number;
  /** `wall`: hangs, everything else stands on the ground. */
  place: 'ground' | 'wall';
  /** Centre of the detail shot. */
  focus: readonly [x: number, y: number];
  /** SVG elements on the canvas of 1000 × 1000. */
  draw(variant: Variant): string;
}
