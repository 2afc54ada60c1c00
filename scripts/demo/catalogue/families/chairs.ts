import { boxPath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const SEAT = 'M330 560 L670 560 L720 620 Q720 645 690 645 L310 645 Q280 645 280 620Z';
const BACKS = [boxPath(340, 230, 320, 250, 50), 'M320 560 Q290 220 500 220 Q710 220 680 560Z', ''];
const WOOD = '#a9794c';

const slats = (colour: string) =>
  line('M350 570 L340 230 M650 570 L660 230', WOOD, 26) +
  [250, 330, 410].map((y) => shape(boxPath(340, y, 320, 46, 16), { colour, light: 'soft' })).join('');

export const chairs: Family = {
  category: { en: 'Chairs', de: 'Stühle' },
  noun: { en: 'chair', de: 'Stuhl' },
  forms: ['Studio', 'Shell', 'Farmhouse'],
  price: 89,
  place: 'ground',
  focus: [500, 430],
  draw({ form, colour, surface }) {
    return [
      line('M370 640 L350 780 M630 640 L650 780', tint(WOOD, -0.3), 22),
      form === 0 ? line('M380 570 L380 460 M620 570 L620 460', WOOD, 24) : '',
      form === 2 ? slats(colour) : shape(BACKS[form], { ...surface, light: 'soft' }),
      shape(SEAT, { ...surface, light: 'soft' }),
      line('M310 650 L290 815 M690 650 L710 815', WOOD, 28),
    ].join('');
  },
};
