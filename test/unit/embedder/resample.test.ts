import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { resample, spansOf } from '../../../plugin/embedder/process/resample';
import type { Preprocessing } from '../../../plugin/models/model';
import { cases } from '../../fixtures/pillow/expected.json';

/** What picture() in test/fixtures/pillow/make.py draws. */
function picture(width: number, height: number) {
  let state = 1;
  const pixels = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        state = (state * 48_271) % 2_147_483_647;
        const edge = (Math.floor(x / 7) + Math.floor(y / 5) + c) % 3 === 0 ? 255 : 0;
        const ramp = (Math.floor((x * 255) / width) + y * (c + 1)) % 256;
        pixels[at++] = [edge, ramp, state % 256][(Math.floor(x / 16) + Math.floor(y / 16)) % 3];
      }
    }
  }
  return { pixels, width, height };
}

for (const { width, height, resize, size, edge, sha256 } of cases) {
  const how = edge ? `shortest edge ${edge}, crop ${size}` : `${size} × ${size}`;
  test(`${resize} of ${width} × ${height} to ${how} gives Pillow’s bytes`, () => {
    const source = picture(width, height);
    const { columns, rows } = spansOf(source, { size, ...(edge && { shortestEdge: edge }) });
    const result = resample(source, resize as Preprocessing['resize'], columns, rows);
    assert.equal(createHash('sha256').update(result).digest('hex'), sha256);
  });
}
