import { ellipsePath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const BODIES = [
  'M330 450 L670 450 L670 770 Q670 820 620 820 L380 820 Q330 820 330 770Z',
  'M320 440 L680 440 L620 800 Q615 820 590 820 L410 820 Q385 820 380 800Z',
  'M350 480 Q290 620 360 780 Q380 820 430 820 L570 820 Q620 820 640 780 Q710 620 650 480Z',
];
const HANDLES = [
  'M670 520 C800 510 800 730 668 720',
  'M664 510 C800 490 770 700 640 680',
  'M672 560 C790 560 790 720 668 710',
];
const RIMS = [
  [450, 170],
  [440, 180],
  [480, 150],
];

export const mugs: Family = {
  category: { en: 'Mugs', de: 'Becher' },
  noun: { en: 'mug', de: 'Becher' },
  forms: ['Harbour', 'Cone', 'Pebble'],
  price: 12,
  place: 'ground',
  focus: [450, 560],
  draw({ form, colour, surface }) {
    const [y, rx] = RIMS[form];
    return [
      line(HANDLES[form], tint(colour, -0.18), 40),
      line(HANDLES[form], tint(colour, 0.12), 18),
      shape(BODIES[form], surface),
      shape(ellipsePath(500, y, rx, 34), { colour: tint(colour, 0.35), light: 'none' }),
      shape(ellipsePath(500, y + 5, rx - 16, 25), { colour: '#4a3226', light: 'round' }),
    ].join('');
  },
};
