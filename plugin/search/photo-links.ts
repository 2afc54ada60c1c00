import { setImmediate as breathe } from 'node:timers/promises';
import type { EmbeddingStore, FileId, Match, SpaceId } from '../ports';
import { HashTable } from '../same-photo/hash-table';
import type { Photo } from '../same-photo/photo';
import { HASH_PARTS, type PhotoHash, photoHashes } from '../same-photo/photo-hash';
import { isSamePhoto } from '../same-photo/same-photo';
import type { Known } from './known';
import { LinkTable, type NearPicture } from './link-table';
import { AT_ONCE, knownOf, LEAST_CUT, verdictOf } from './photo-verdicts';

/** A picture that is compared, and what is nearest to it by cosine. */
export interface Neighbourhood {
  fileId: FileId;
  near: readonly Match[];
}

/** Of a picture without a miniature. Half of a hash are ones: it is like none. */
const NO_HASH = new Uint16Array(HASH_PARTS);

/**
 * Links pictures that are alike, and knows which of them are one photo: of the nearest by cosine, and of those whose hashes are near,
 * since a model hardly knows a photo again that is turned.
 */
export class PhotoLinks {
  /** The first one is in use; while it is being copied, what goes has to go from the copy too. */
  #tables = [new LinkTable()];
  /** Of each place in the table. */
  #hashes = new HashTable();
  #compared = 0;
  /** While others are being compared. */
  readonly #gone = new Set<FileId>();

  constructor(
    private readonly store: Pick<EmbeddingStore, 'photos'>,
    private readonly space: SpaceId,
  ) {}

  get table(): LinkTable {
    return this.#tables[0];
  }

  remove(fileId: FileId): void {
    for (const table of this.#tables) table.remove(fileId);
    this.#gone.add(fileId);
  }

  /** Adds pictures, with links to those that are there. @param goesOn asked before each of them */
  async add(found: readonly Neighbourhood[], goesOn: () => boolean): Promise<void> {
    this.#gone.clear();
    const looked = found.map(({ fileId, near }) => ({
      fileId,
      near: near.filter(({ similarity }) => similarity >= LEAST_CUT),
    }));
    const ids = looked.flatMap(({ fileId, near }) => [fileId, ...near.map((match) => match.fileId)]);
    const known = await knownOf(this.store, this.space, [...new Set(ids)]);
    for (const { fileId, near } of looked) {
      if (!goesOn()) return;
      const own = known.get(fileId);
      const hashes = own?.photo ? photoHashes(own.photo.miniature) : [];
      const links = await this.#among(own, near, known);
      if (own?.photo) {
        const done = new Set([fileId, ...near.map((match) => match.fileId)]);
        links.push(...(await this.#turned(own.photo, hashes, done, known)));
      }
      if (this.#gone.has(fileId)) continue;
      this.table.add(fileId, links);
      this.#hashes.add(hashes[0] ?? NO_HASH);
    }
  }

  /** Leaves out the places of pictures that are gone, once they are most of them. */
  async tidy(): Promise<void> {
    if (!this.table.isWasteful) return;
    const [copy, hashes] = [new LinkTable(), new HashTable()];
    this.#tables = [this.table, copy];
    await this.table.copyTo(copy, (place) => hashes.add(this.#hashes.at(place)));
    this.#tables = [copy];
    this.#hashes = hashes;
  }

  async #among(own: Known | undefined, near: readonly Match[], known: ReadonlyMap<FileId, Known>) {
    const links: NearPicture[] = [];
    for (const { fileId, similarity } of near) {
      await this.#giveWay();
      const isOne = verdictOf(own, known.get(fileId), similarity) !== 'similar';
      links.push({ fileId, similarity, isSamePhoto: isOne });
    }
    return links;
  }

  /** Copies that are not among the nearest; how alike they are to the model is not known. */
  async #turned(
    photo: Photo,
    hashes: readonly PhotoHash[],
    done: ReadonlySet<FileId>,
    known: ReadonlyMap<FileId, Known>,
  ) {
    const places = new Set(hashes.flatMap((hash) => this.#hashes.near(hash)));
    const there = new Set([...places].flatMap((place) => this.table.idAt(place) ?? []));
    const others = [...there].filter((other) => !done.has(other));
    const unknown = await knownOf(
      this.store,
      this.space,
      others.filter((other) => !known.has(other)),
    );
    const links: NearPicture[] = [];
    for (const fileId of others) {
      await this.#giveWay();
      const other = (known.get(fileId) ?? unknown.get(fileId))?.photo;
      const isOne = other && isSamePhoto(photo, other, { crops: false });
      if (isOne) links.push({ fileId, similarity: 0, isSamePhoto: true });
    }
    return links;
  }

  async #giveWay(): Promise<void> {
    if (this.#compared++ % AT_ONCE === 0) await breathe();
  }
}
