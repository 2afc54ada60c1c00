/**
 * Makes plugin/vectors/half-dot.wasm.ts of half-dot.wat.
 * Usage: node --import tsx scripts/vectors/assemble-half-dot.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import wabt from 'wabt';

const SOURCE = path.resolve(__dirname, '../../plugin/vectors/half-dot.wat');

/** The module's bytes in base64. */
export async function assemble(): Promise<string> {
  const parsed = (await wabt()).parseWat(SOURCE, readFileSync(SOURCE, 'utf8'), { simd: true });
  return Buffer.from(parsed.toBinary({}).buffer).toString('base64');
}

async function main(): Promise<void> {
  const wasm = await assemble();
  writeFileSync(
    SOURCE.replace(/\.wat$/, '.wasm.ts'),
    `/** Base64. Made of half-dot.wat by scripts/vectors/assemble-half-dot.ts. */\nexport const HALF_DOT_WASM =\n  '${wasm}';\n`,
  );
}

if (require.main === module) void main();
