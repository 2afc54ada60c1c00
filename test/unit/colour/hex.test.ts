import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourOfHex, isHexColour } from '../../../plugin/colour/hex';
import { oklabOf } from '../../../plugin/colour/oklab';

test('three digits and six are one colour, with the # and without', () => {
  for (const text of ['#a3f', 'a3f', '#aa33ff', 'aa33ff', 'AA33FF', '#A3F']) {
    assert.equal(isHexColour(text), true, text);
    assert.deepEqual(colourOfHex(text), oklabOf(0xaa, 0x33, 0xff), text);
  }
  assert.deepEqual(colourOfHex('012345'), oklabOf(0x01, 0x23, 0x45));
});

test('other texts are no colour', () => {
  for (const text of [
    '',
    '#',
    'a',
    'a3',
    'a3f8',
    'aa33f',
    'aa33ff00',
    '##a3f',
    'red',
    'g00',
    ' a3f',
    'a3f\n',
    '#a3f,#000',
  ]) {
    assert.equal(isHexColour(text), false, JSON.stringify(text));
  }
});
