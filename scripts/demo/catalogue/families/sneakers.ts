import { line, shape, tint } from '../brush';
import type { Family } from '../family';

const UPPERS = [
  'M200 740 L210 600 Q230 560 290 580 L400 590 Q470 600 540 660 Q620 700 740 710 Q800 720 800 750 L800 760 L200 760Z',
  'M200 740 L215 430 Q300 400 390 440 L410 540 Q470 610 560 660 Q640 700 740 705 Q800 715 800 750 L800 760 L200 760Z',
  'M190 740 Q180 620 220 560 L300 600 Q400 640 470 600 Q580 660 720 690 Q820 700 825 750 L825 760 L190 760Z',
];
const SOLES = [
  'M190 750 L810 750 Q820 820 770 820 L220 820 Q190 820 190 780Z',
  'M190 750 L810 750 L805 805 Q800 820 780 820 L200 820 Q190 815 190 800Z',
  'M170 720 Q500 790 835 730 Q850 820 780 820 L250 820 Q170 820 170 720Z',
];
const LACES = [
  'M405 600 L450 570 M445 625 L490 592 M485 652 L530 618',
  'M395 470 L450 455 M402 520 L462 500 M425 570 L485 545 M475 615 L530 588',
  'M470 615 L505 580 M515 640 L550 605 M560 662 L592 630',
];
const BADGES = ['M300 740 Q420 720 470 640', 'M250 560 L340 560 L295 640 Z', 'M260 700 Q420 760 620 690'];

export const sneakers: Family = {
  category: { en: 'Sneakers', de: 'Sneaker' },
  noun: { en: 'sneaker', de: 'Sneaker' },
  forms: ['Court', 'High-top', 'Runner'],
  price: 79,
  place: 'ground',
  focus: [470, 660],
  draw({ form, colour, accent, surface }) {
    return [
      shape(UPPERS[form], { ...surface, light: 'soft' }),
      shape('M690 708 Q800 700 806 752 L680 752 Q660 720 690 708Z', { colour: tint(colour, 0.25), light: 'soft' }),
      line(BADGES[form], accent, 24),
      line(LACES[form], '#f7f3ea', 15),
      shape(SOLES[form], { colour: form === 2 ? tint(accent, 0.35) : '#f4efe4', light: 'soft' }),
      line('M205 790 L795 790', tint(accent, -0.1), 7),
    ].join('');
  },
};
