import type { Photo } from '../same-photo/photo';

/** What is known of a picture's bytes. */
export interface Known {
  /** SHA-256. */
  digest?: string;
  photo?: Photo;
}
