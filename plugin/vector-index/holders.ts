import type { FileId } from '../ports';
import { enlarged } from './enlarged';

const NONE = -1;

/**
 * Which files have which point. Each file has a slot, the slots of a point are a list, and a slot that was freed is taken
 * again: nothing here grows by replacing.
 */
export class Holders {
  private ids = new Float64Array(1024);
  private seqs = new Float64Array(1024);
  private points = new Int32Array(1024);
  /** Lists of slots: those of a point, and the free ones (by `next` only). */
  private next = new Int32Array(1024);
  private previous = new Int32Array(1024);
  private firstOf = new Int32Array(1024).fill(NONE);
  private firstFree = NONE;
  private used = 0;
  private readonly slotOf = new Map<FileId, number>();
  private heldPoints = 0;

  /** @param columns as `save` gives them. */
  static restore(columns: Float64Array): Holders {
    const holders = new Holders();
    const count = columns.length / 3;
    for (let row = 0; row < count; row++) {
      holders.set(columns[row], columns[count + row], columns[2 * count + row]);
    }
    return holders;
  }

  get files(): number {
    return this.slotOf.size;
  }

  /** Points that a file has. */
  get held(): number {
    return this.heldPoints;
  }

  isHeld(point: number): boolean {
    return point < this.firstOf.length && this.firstOf[point] !== NONE;
  }

  seqOf(fileId: FileId): number | undefined {
    const slot = this.slotOf.get(fileId);
    return slot === undefined ? undefined : this.seqs[slot];
  }

  pointOf(fileId: FileId): number | undefined {
    const slot = this.slotOf.get(fileId);
    return slot === undefined ? undefined : this.points[slot];
  }

  /** The file has this point, and no other one any more. */
  set(fileId: FileId, seq: number, point: number): void {
    const slot = this.slotOf.get(fileId) ?? this.take(fileId);
    if (this.points[slot] !== NONE) this.unlink(slot);
    this.seqs[slot] = seq;
    this.link(slot, point);
  }

  remove(fileId: FileId): boolean {
    const slot = this.slotOf.get(fileId);
    if (slot === undefined) return false;
    this.unlink(slot);
    this.next[slot] = this.firstFree;
    this.firstFree = slot;
    return this.slotOf.delete(fileId);
  }

  forEach(point: number, call: (fileId: FileId) => void): void {
    if (point >= this.firstOf.length) return;
    for (let slot = this.firstOf[point]; slot !== NONE; slot = this.next[slot]) call(this.ids[slot]);
  }

  keys(): Array<{ fileId: FileId; seq: number }> {
    return Array.from(this.slotOf, ([fileId, slot]) => ({ fileId, seq: this.seqs[slot] }));
  }

  /** Three rows with a number for each file: ids, sequence numbers, points. @param moved the new number of each point. */
  save(moved?: Int32Array): Float64Array {
    const count = this.files;
    const columns = new Float64Array(3 * count);
    let row = 0;
    for (const [fileId, slot] of this.slotOf) {
      columns[row] = fileId;
      columns[count + row] = this.seqs[slot];
      columns[2 * count + row] = moved ? moved[this.points[slot]] : this.points[slot];
      row++;
    }
    return columns;
  }

  private take(fileId: FileId): number {
    let slot = this.firstFree;
    if (slot === NONE) {
      slot = this.used++;
      this.ids = enlarged(this.ids, slot);
      this.seqs = enlarged(this.seqs, slot);
      for (const column of ['points', 'next', 'previous'] as const) this[column] = enlarged(this[column], slot);
    } else {
      this.firstFree = this.next[slot];
    }
    this.ids[slot] = fileId;
    this.points[slot] = NONE;
    this.slotOf.set(fileId, slot);
    return slot;
  }

  private link(slot: number, point: number): void {
    const { length } = this.firstOf;
    this.firstOf = enlarged(this.firstOf, point);
    this.firstOf.fill(NONE, length);
    const first = this.firstOf[point];
    if (first === NONE) this.heldPoints++;
    else this.previous[first] = slot;
    this.points[slot] = point;
    this.next[slot] = first;
    this.previous[slot] = NONE;
    this.firstOf[point] = slot;
  }

  private unlink(slot: number): void {
    const [before, after, point] = [this.previous[slot], this.next[slot], this.points[slot]];
    if (after !== NONE) this.previous[after] = before;
    if (before !== NONE) this.next[before] = after;
    else this.firstOf[point] = after;
    if (this.firstOf[point] === NONE) this.heldPoints--;
  }
}
