import { ellipsePath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const BODIES = [
  'M440 380 Q450 470 370 570 Q320 690 400 820 L600 820 Q680 690 630 570 Q550 470 560 380Z',
  'M380 400 Q420 560 440 640 Q450 740 410 820 L590 820 Q550 740 560 640 Q580 560 620 400Z',
  'M455 340 L455 500 Q310 540 310 680 Q310 820 420 820 L580 820 Q690 820 690 680 Q690 540 545 500 L545 340Z',
];
const NECKS = [
  [380, 60],
  [400, 120],
  [340, 45],
];
const LEAVES = [
  [430, 190, -28],
  [480, 120, -8],
  [545, 150, 14],
  [590, 215, 32],
];

const twig = ([x, y, turn]: number[], neck: number) =>
  line(`M500 ${neck + 20} Q${(x + 500) / 2} ${(y + neck) / 2 + 10} ${x} ${y}`, '#6d7a4f', 7) +
  [0, 45, 90]
    .map((down) => {
      const at = `${x + (500 - x) * (down / 250)} ${y + down}`;
      return `<ellipse rx="15" ry="34" fill="#7f9160" transform="translate(${at}) rotate(${turn + (down % 2 ? 50 : -50)})"/>`;
    })
    .join('');

export const vases: Family = {
  category: { en: 'Vases', de: 'Vasen' },
  noun: { en: 'vase', de: 'Vase' },
  forms: ['Amphora', 'Hourglass', 'Onion'],
  price: 34,
  place: 'ground',
  focus: [500, 640],
  draw({ form, colour, surface }) {
    const [y, rx] = NECKS[form];
    return [
      shape(ellipsePath(500, y, rx, 18), { colour: tint(colour, -0.55), light: 'none' }),
      ...LEAVES.map((leaf) => twig(leaf, y)),
      shape(BODIES[form], surface),
      line(`M${500 - rx} ${y} a${rx} 18 0 0 0 ${2 * rx} 0`, tint(colour, 0.3), 9),
    ].join('');
  },
};
