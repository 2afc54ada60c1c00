import type { Photo } from '../same-photo/photo';

/** What is known of a picture's bytes. */
export interface Known {
  /** SHA-256, or `OpenedMedia.digest`. */
  digest?: string;
  photo?: Photo;
}
