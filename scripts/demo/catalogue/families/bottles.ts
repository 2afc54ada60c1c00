import { boxPath, shape, tint } from '../brush';
import type { Family } from '../family';

const BODIES = [
  'M400 360 Q400 320 440 300 L440 250 L560 250 L560 300 Q600 320 600 360 L600 790 Q600 820 570 820 L430 820 Q400 820 400 790Z',
  'M370 460 Q380 370 450 330 L450 240 L550 240 L550 330 Q620 370 630 460 L630 780 Q630 820 590 820 L410 820 Q370 820 370 780Z',
  'M420 300 Q340 480 350 640 Q360 820 430 820 L570 820 Q640 820 650 640 Q660 480 580 300 L570 260 L430 260Z',
];
const CAPS = [boxPath(432, 170, 136, 90, 14), boxPath(446, 190, 108, 60, 26), boxPath(424, 180, 152, 90, 40)];

export const bottles: Family = {
  category: { en: 'Bottles', de: 'Flaschen' },
  noun: { en: 'bottle', de: 'Flasche' },
  forms: ['Trail', 'Apothecary', 'Drop'],
  price: 18,
  place: 'ground',
  focus: [500, 430],
  draw({ form, accent, surface }) {
    return [
      shape(BODIES[form], surface),
      shape(CAPS[form], { colour: tint(accent, -0.25) }),
      shape(boxPath(form === 0 ? 400 : 372, 620, form === 0 ? 200 : 256, 26), { colour: accent }),
    ].join('');
  },
};
