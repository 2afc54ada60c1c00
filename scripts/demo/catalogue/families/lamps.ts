import { boxPath, ellipsePath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const SHADES = [
  'M400 200 L600 200 L700 450 L300 450Z',
  'M290 440 Q300 200 500 200 Q700 200 710 440Z',
  boxPath(320, 220, 360, 220, 10),
];
const FEET = [
  shape(ellipsePath(500, 800, 130, 26), { colour: '#b58b4c' }) + line('M500 450 L500 795', '#9a7439', 20),
  shape('M430 820 Q400 600 485 470 L515 470 Q600 600 570 820Z', { colour: '#d8cbb8' }),
  line('M500 450 L390 812 M500 450 L610 812 M500 450 L505 815', '#8a5f3b', 20),
];

export const lamps: Family = {
  category: { en: 'Lamps', de: 'Lampen' },
  noun: { en: 'lamp', de: 'Lampe' },
  forms: ['Reading', 'Mushroom', 'Tripod'],
  price: 49,
  place: 'ground',
  focus: [500, 400],
  draw({ form, colour, surface }) {
    return [
      '<ellipse cx="500" cy="470" rx="450" ry="350" fill="url(#glow)"/>',
      FEET[form],
      shape(SHADES[form], surface),
      line(form === 0 ? 'M302 450 L698 450' : 'M312 440 L688 440', tint(colour, 0.45), 12),
    ].join('');
  },
};
