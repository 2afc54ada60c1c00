import type { FileId } from './space';

/** One picture of the media library as the sweep sees it. */
export interface MediaEntry {
  id: FileId;
  /**
   * Changes whenever the bytes may have changed (size + mtime, or what the row says of the bytes); never needs reading the bytes.
   * Absent: they cannot be looked at now, which says nothing about them.
   */
  stamp?: string;
  /** How the stamp begins that an earlier version of the plugin gave the same bytes: as good as `stamp`. */
  earlier?: string;
}

/** Stamp of a picture whose bytes are not there. */
export const MISSING_STAMP = 'missing';
/** Stamp of a picture that could not be looked at: no file has it, so the sweep has it looked at once it can see the file. */
export const UNREADABLE_STAMP = 'unreadable';

export interface OpenedMedia {
  /** Absolute path of a local file that holds the bytes until `close`. */
  path: string;
  /** SHA-256 of the bytes, lower-case hex. */
  digest: string;
  bytes: number;
  stamp: string;
  /** They came over a network: a cache on the way may have given those from before. */
  mayBeOld?: boolean;
  /** Deletes the temporary copy, if there is one. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The caller holds another one open. Such a one waits for no room, since others that wait for room could wait for it. */
  holdsOther?: boolean;
}

export interface MediaSource {
  /** Pictures with id > afterId in ascending order, at most `limit`. An empty page ends the list. */
  list(afterId: FileId, limit: number): Promise<MediaEntry[]>;
  /**
   * Makes the bytes available as a local file and digests them without blocking the event loop.
   * @returns undefined when the library has no such picture any more.
   * @throws SimilarError with a picture code (`BYTES_MISSING`, `BYTES_UNREADABLE`, `TOO_LARGE`, …). `details.stamp` holds the
   * stamp, where one is known, so that the sweep sees when the picture changes.
   */
  open(id: FileId, options?: OpenOptions): Promise<OpenedMedia | undefined>;
}
