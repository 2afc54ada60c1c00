/** 64 kB of Int32: what a small library costs. */
const PAGE_BITS = 14;
const PAGE = 2 ** PAGE_BITS;
const IN_PAGE = PAGE - 1;

type Numbers = Int32Array | Uint16Array | Float32Array;

/** A list of numbers that grows page by page: nothing is copied, and no more than a page is empty. */
export class Column {
  readonly #pages: Numbers[] = [];
  #length = 0;

  constructor(private readonly of: Int32ArrayConstructor | Uint16ArrayConstructor | Float32ArrayConstructor) {}

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#pages.length * PAGE * this.of.BYTES_PER_ELEMENT;
  }

  get(at: number): number {
    return this.#pages[at >>> PAGE_BITS][at & IN_PAGE];
  }

  set(at: number, value: number): void {
    this.#pages[at >>> PAGE_BITS][at & IN_PAGE] = value;
  }

  push(value: number): void {
    if ((this.#length & IN_PAGE) === 0) this.#pages.push(new this.of(PAGE));
    this.set(this.#length, value);
    this.#length += 1;
  }
}
