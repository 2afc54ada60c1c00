/** Bytes beside the queue that are too large for a record, e.g. a projection. Every node sees the same ones. */
export interface Blobs {
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces what is there. @param name at most 120 characters. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}
