import assert from 'node:assert/strict';
import { test } from 'node:test';
import { middleCut } from '../../../admin/src/utils/middle-cut';

const NAME = 'produce-brown-camembert-3.jpg';

/** With room for so many characters. */
function shown(text: string, room: number): string {
  const cut = middleCut(text, (tried) => [...tried].length <= room);
  return cut ? `${text.slice(0, cut[0])}…${text.slice(cut[1])}` : text;
}

test('what has room stays whole', () => {
  assert.equal(shown(NAME, NAME.length), NAME);
  assert.equal(
    middleCut('', () => true),
    undefined,
  );
});

test('what is too long loses its middle, and no more of it than it has to', () => {
  assert.equal(shown(NAME, 16), 'produc…ert-3.jpg');
  for (let room = 1; room < NAME.length; room++) {
    const text = shown(NAME, room);
    assert.equal(text.length, room);
    const [start, end] = text.split('…');
    assert.ok(NAME.startsWith(start) && NAME.endsWith(end), text);
  }
});

test('no character is cut in two', () => {
  const name = '🍎🍐🍊🍋🍌🍉🍇';
  for (let room = 1; room < 7; room++) assert.doesNotMatch(shown(name, room), /\p{Surrogate}/u);
});

test('where nothing has room, only the sign of it is left', () => {
  assert.deepEqual(
    middleCut(NAME, () => false),
    [0, NAME.length],
  );
});
