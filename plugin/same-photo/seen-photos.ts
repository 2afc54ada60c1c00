import { HashTable } from './hash-table';
import type { Photo } from './photo';
import { photoHashes } from './photo-hash';
import { isSamePhoto } from './same-photo';

/** Photos of which each is wanted once: copies are known again, turned ones too, those that are cut are not looked for. */
export class SeenPhotos {
  readonly #table = new HashTable();
  readonly #photos: Photo[] = [];

  /** @returns whether it, or a copy of it, was there before; if not, it is from now on. */
  seen(photo: Photo): boolean {
    const hashes = photoHashes(photo.miniature);
    const near = new Set(hashes.flatMap((hash) => this.#table.near(hash)));
    for (const place of near) if (isSamePhoto(this.#photos[place], photo, { crops: false })) return true;
    this.#table.add(hashes[0]);
    this.#photos.push(photo);
    return false;
  }
}
