import { boxPath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const BODIES = [
  boxPath(310, 290, 380, 530, 130),
  boxPath(320, 330, 360, 490, 50),
  'M360 330 Q500 250 640 330 L700 760 Q705 820 640 820 L360 820 Q295 820 300 760Z',
];

function front(form: number, accent: string): string {
  if (form === 1) {
    const flap = 'M310 330 Q320 290 360 290 L640 290 Q680 290 690 330 L690 520 Q500 580 310 520Z';
    const buckles = [400, 575].map((x) => shape(boxPath(x, 480, 26, 130, 8), { colour: '#7a5232', light: 'soft' }));
    return shape(flap, { colour: tint(accent, -0.1), light: 'soft' }) + buckles.join('');
  }
  const pocket = form === 0 ? boxPath(360, 560, 280, 200, 60) : boxPath(370, 590, 260, 170, 24);
  return shape(pocket, { colour: accent, light: 'soft' }) + line('M390 620 L610 620', tint(accent, -0.5), 9);
}

export const backpacks: Family = {
  category: { en: 'Backpacks', de: 'Rucksäcke' },
  noun: { en: 'backpack', de: 'Rucksack' },
  forms: ['Daypack', 'Courier', 'Summit'],
  price: 65,
  place: 'ground',
  focus: [500, 590],
  draw({ form, colour, accent, surface }) {
    const dark = tint(colour, -0.45);
    return [
      line('M440 300 C440 200 560 200 560 300', dark, 24),
      line('M330 400 C250 500 260 680 330 770 M670 400 C750 500 740 680 670 770', dark, 34),
      shape(BODIES[form], surface),
      form === 1 ? '' : line('M350 440 Q500 380 650 440', tint(colour, -0.4), 10),
      front(form, accent),
    ].join('');
  },
};
