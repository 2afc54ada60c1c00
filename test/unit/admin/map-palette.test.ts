import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coloursOf, ON_DARK, ON_LIGHT, paletteOn } from '../../../admin/src/map/palette';
import { MOST_GROUPS } from '../../../plugin/map/groups';

type Three = [number, number, number];

/** What eyes without one kind of cones see, of linear light (Machado, Oliveira, Fernandes 2009). */
const EYES: Record<string, [Three, Three, Three]> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const times = (rows: Three[], [r, g, b]: Three) => rows.map(([x, y, z]) => x * r + y * g + z * b) as Three;
const light = (hex: string) =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Three;

function contrast(a: string, b: string): number {
  const [more, less] = [a, b].map((hex) => times([[0.2126, 0.7152, 0.0722]], light(hex))[0]).sort((x, y) => y - x);
  return (more + 0.05) / (less + 0.05);
}

/** Oklab: equal distances look equally large. */
function seen(eyes: Three[], hex: string): Three {
  const rgb = times(eyes as [Three, Three, Three], light(hex)).map((value) => Math.min(1, Math.max(0, value))) as Three;
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as Three;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Black and white are 1 apart. */
const LEAST_APART = 0.1;

for (const [name, page, palette] of [
  ['light', '#ffffff', ON_LIGHT],
  ['dark', '#212134', ON_DARK],
] as const) {
  describe(`colours on a ${name} page`, () => {
    const all = [...palette.groups, palette.other, palette.none];

    test('are those that are chosen for it, and enough', () => {
      assert.equal(paletteOn(page), palette);
      assert.equal(palette.groups.length, MOST_GROUPS);
      assert.deepEqual(coloursOf(['a', 'other', 'none'], palette), [palette.groups[0], palette.other, palette.none]);
    });

    test('stand out from the page', () => {
      for (const colour of all) assert.ok(contrast(colour, page) >= 3, colour);
    });

    for (const [kind, eyes] of Object.entries(EYES)) {
      test(`are told apart, cones: ${kind}`, () => {
        for (const [at, a] of all.entries()) {
          for (const b of all.slice(at + 1)) {
            const [from, to] = [seen(eyes, a), seen(eyes, b)];
            const apart = Math.hypot(...from.map((value, axis) => value - to[axis]));
            assert.ok(apart >= LEAST_APART, `${a} ${b}: ${apart}`);
          }
        }
      });
    }
  });
}
