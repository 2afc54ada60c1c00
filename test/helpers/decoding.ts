import type { Decoding } from '../../plugin/embedder/process/decode';

/** Limits that no picture of a test reaches by chance. */
export const DECODING: Omit<Decoding, 'size'> = {
  resize: 'lanczos3',
  maxBytes: 1_000_000,
  maxPixels: 1_000_000,
  timeoutMs: 10_000,
  memoryMb: 1_000,
  admit: async () => () => {},
};
