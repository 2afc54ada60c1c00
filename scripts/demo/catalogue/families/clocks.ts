import { boxPath, ellipsePath, line, shape, tint } from '../brush';
import type { Family } from '../family';

const CENTRE = 480;
const octagon = (r: number) =>
  `M${Array.from({ length: 8 }, (_, corner) => {
    const angle = ((corner + 0.5) * Math.PI) / 4;
    return `${(500 + r * Math.cos(angle)).toFixed(1)} ${(CENTRE + r * Math.sin(angle)).toFixed(1)}`;
  }).join('L')}Z`;
const square = (r: number) => boxPath(500 - r, CENTRE - r, 2 * r, 2 * r, 40);
const round = (r: number) => ellipsePath(500, CENTRE, r, r);
const OUTLINES = [round, square, octagon];

const spoke = (turn: number, from: number, to: number, width: number, colour: string) => {
  const [x, y] = [Math.sin((turn * Math.PI) / 6), -Math.cos((turn * Math.PI) / 6)];
  return line(`M${500 + x * from} ${CENTRE + y * from} L${500 + x * to} ${CENTRE + y * to}`, colour, width);
};

export const clocks: Family = {
  category: { en: 'Clocks', de: 'Uhren' },
  noun: { en: 'wall clock', de: 'Wanduhr' },
  forms: ['Station', 'Kitchen', 'Bistro'],
  price: 39,
  place: 'wall',
  focus: [500, 430],
  draw({ form, colour, accent, surface }) {
    const outline = OUTLINES[form];
    const dial = surface.pattern === 'plain' ? '#f6f1e6' : tint(accent, 0.75);
    const ink = tint(colour, -0.5);
    return [
      shape(outline(310), { ...surface, light: 'ball' }),
      shape(outline(245), { colour: dial, light: 'soft' }),
      ...Array.from({ length: 12 }, (_, hour) => spoke(hour, hour % 3 ? 205 : 180, 222, hour % 3 ? 7 : 15, ink)),
      spoke(10, 0, 125, 17, ink),
      spoke(2, 0, 175, 11, ink),
      spoke(6.4, -40, 190, 5, '#c4473a'),
      `<circle cx="500" cy="${CENTRE}" r="15" fill="${ink}"/>`,
    ].join('');
  },
};
