import { dotFloat16 } from './cosine';
import { HALF_DOT_WASM } from './half-dot.wasm';

/** Dot product of the query and the float16 vector that starts at `offset`. */
export type DotWithQuery = (halves: Uint16Array, offset: number) => number;

/**
 * Dot products of one query with many float16 vectors, by WebAssembly's SIMD: about six times as fast as `dotFloat16`, which
 * takes over on processors without it. Float32 sums: they differ by about 1e-7 for vectors of unit length.
 * @param dims length of all vectors.
 * @returns takes a query of about unit length and finite numbers, as those of the vectors must be.
 */
export function createHalfDot(dims: number): (query: Float32Array) => DotWithQuery {
  const dot = instance();
  if (!dot) return (query) => (halves, offset) => dotFloat16(query, halves, offset);

  // Padded by zeros to whole eights; behind the numbers of the query the halves of the vector.
  const padded = Math.ceil(dims / 8) * 8;
  const place = 4 * padded;
  const end = place + 2 * padded;
  const missing = end - dot.memory.buffer.byteLength;
  if (missing > 0) dot.memory.grow(Math.ceil(missing / PAGE));
  const numbers = new Float32Array(dot.memory.buffer, 0, dims);
  const vector = new Uint16Array(dot.memory.buffer, place, dims);
  let loaded: Float32Array | undefined;

  function load(query: Float32Array): void {
    for (let i = 0; i < dims; i++) numbers[i] = query[i] * HALF_SCALE;
    loaded = query;
  }

  return (query) => {
    load(query);
    return (halves, offset) => {
      if (loaded !== query) load(query);
      vector.set(halves.subarray(offset, offset + dims));
      return dot.dot(0, place, end);
    };
  };
}

/** See half-dot.wat. */
const HALF_SCALE = 2 ** 112;
const PAGE = 2 ** 16;

interface HalfDot {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  dot(numbers: number, halves: number, end: number): number;
}

/** What is used of it; Node's types leave it to those of browsers. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
let compiled: object | undefined;

/** With a memory of its own; undefined where WebAssembly has no SIMD. */
function instance(): HalfDot | undefined {
  try {
    compiled ??= new Module(Buffer.from(HALF_DOT_WASM, 'base64'));
    return new Instance(compiled).exports as HalfDot;
  } catch {
    return undefined;
  }
}
