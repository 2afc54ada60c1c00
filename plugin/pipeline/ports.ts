/**
 * What the pipeline needs from the outside. Adapters implement these; the composition root (plugin/similarity.ts) wires them.
 * The pipeline imports nothing else that touches disk, database, native code or Strapi.
 */
export * from './ports/blobs';
export * from './ports/embedder';
export * from './ports/logger';
export * from './ports/media';
export * from './ports/records';
export * from './ports/rules';
export * from './ports/space';
export * from './ports/store';
export * from './ports/tops';
export * from './ports/vector-index';
