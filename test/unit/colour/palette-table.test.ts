import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Oklab } from '../../../plugin/colour/oklab';
import { distanceFrom, MOST_COLOURS, MOST_DISTANCE, type Swatch } from '../../../plugin/colour/palette';
import { PaletteTable } from '../../../plugin/colour/palette-table';
import { createRandom } from '../../helpers/vectors';

const random = createRandom(5);
const colour = (): Oklab => [random(), random() * 0.4 - 0.2, random() * 0.4 - 0.2];

/** Some have one colour, some five; some of their shares are those of accents. */
function palette(): Swatch[] {
  const shares = Array.from({ length: 1 + Math.floor(random() * MOST_COLOURS) }, () => random() ** 4 + 0.01);
  const all = shares.reduce((sum, share) => sum + share);
  return shares.toSorted((a, b) => b - a).map((share) => ({ colour: colour(), share: share / all }));
}

test('finds those that have a colour near the wanted one, whatever came, changed and went', () => {
  const table = new PaletteTable();
  const known = new Map<number, Swatch[]>();
  for (let step = 0; step < 4_000; step++) {
    const id = 1_000_000 + Math.floor(random() * 1_500);
    if (random() < 0.25) {
      table.delete(id);
      known.delete(id);
    } else {
      const own = palette();
      table.set(id, own);
      known.set(id, own);
    }
    if (step % 80 !== 0) continue;
    const wanted = colour();
    const expected = [...known].filter(([, own]) => distanceFrom(own, wanted) <= MOST_DISTANCE);
    assert.deepEqual([...table.having(wanted)].sort(), expected.map(([id]) => id).sort());
  }
  assert.equal(table.size, known.size);
  assert.ok(known.size > 500 && known.size < 1_500);
});
