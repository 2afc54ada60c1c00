import { type Pattern, tint } from './brush';
import { backpacks } from './families/backpacks';
import { bottles } from './families/bottles';
import { chairs } from './families/chairs';
import { clocks } from './families/clocks';
import { lamps } from './families/lamps';
import { mugs } from './families/mugs';
import { sneakers } from './families/sneakers';
import { vases } from './families/vases';
import type { Family, Variant } from './family';

export const FAMILIES: readonly Family[] = [mugs, lamps, chairs, bottles, backpacks, sneakers, vases, clocks];

const COLOURS = [
  { en: 'sage', de: 'salbei', hex: '#8fa68b' },
  { en: 'terracotta', de: 'terrakotta', hex: '#c8664a' },
  { en: 'navy', de: 'marine', hex: '#2f456b' },
  { en: 'mustard', de: 'senf', hex: '#d9a441' },
  { en: 'blush', de: 'rosé', hex: '#e3a6a1' },
  { en: 'charcoal', de: 'anthrazit', hex: '#4a4d53' },
  { en: 'cream', de: 'creme', hex: '#e9dfca' },
  { en: 'teal', de: 'petrol', hex: '#2f8582' },
] as const;

/** Endings of names. */
const PATTERNS: Record<Pattern, { en: string; de: string }> = {
  plain: { en: '', de: '' },
  stripes: { en: ', striped', de: ', gestreift' },
  dots: { en: ', dotted', de: ', gepunktet' },
  zigzag: { en: ', zigzag', de: ', Zickzack' },
  checks: { en: ', checked', de: ', kariert' },
};
/** In each form: two plain ones and one with a pattern, so that a product has neighbours in form and in decoration. */
const DECORATIONS: readonly Pattern[] = [
  'plain',
  'stripes',
  'plain',
  'dots',
  'plain',
  'zigzag',
  'plain',
  'plain',
  'checks',
];
const PER_FORM = 3;

export interface Product {
  sku: string;
  family: Family;
  variant: Variant;
  name: { en: string; de: string };
  description: { en: string; de: string };
  price: number;
  purchasePrice: number;
  stock: number;
}

function product(family: Family, familyAt: number, at: number): Product {
  const form = Math.floor(at / PER_FORM);
  const colour = COLOURS[(at * 3 + familyAt) % COLOURS.length];
  const accent = COLOURS[(at * 3 + familyAt + 3) % COLOURS.length].hex;
  const pattern = DECORATIONS[at];
  const model = family.forms[form];
  const look = PATTERNS[pattern];
  const price = family.price + form * 8 + (pattern === 'plain' ? 0 : 5) - 0.1;
  return {
    sku: `${family.noun.en.slice(0, 3).toUpperCase()}-${String(at + 1).padStart(2, '0')}`,
    family,
    variant: {
      form,
      colour: colour.hex,
      accent,
      surface: { colour: colour.hex, pattern, accent: pattern === 'plain' ? accent : tint(accent, 0.2) },
    },
    name: {
      en: `${model} ${family.noun.en}, ${colour.en}${look.en}`,
      de: `${family.noun.de} ${model}, ${colour.de}${look.de}`,
    },
    description: {
      en: `The ${model} ${family.noun.en} in ${colour.en}. Drawn for this shop, sold nowhere.`,
      de: `${family.noun.de} ${model} in ${colour.de}. Für diesen Laden gezeichnet, nirgends zu kaufen.`,
    },
    price: Number(price.toFixed(2)),
    purchasePrice: Number((price * 0.55).toFixed(2)),
    stock: (at * 7 + familyAt * 5) % 40,
  };
}

/** 72 products in 8 families, always the same ones. */
export const catalogue = (): Product[] =>
  FAMILIES.flatMap((family, familyAt) => DECORATIONS.map((_, at) => product(family, familyAt, at)));
