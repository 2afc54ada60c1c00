import type { FileId, Match } from '../ports';

/** Keeps the best `k` of the offered items: a heap with the worst of them on top. */
export class Top {
  private readonly heap: Match[] = [];

  constructor(private readonly k: number) {}

  offer(fileId: FileId, similarity: number): void {
    const { heap, k } = this;
    if (heap.length < k) {
      heap.push({ fileId, similarity });
      this.rise(heap.length - 1);
    } else if (k > 0 && isBetter(similarity, fileId, heap[0])) {
      heap[0] = { fileId, similarity };
      this.sink();
    }
  }

  /** Best first. */
  sorted(): Match[] {
    return [...this.heap].sort((a, b) => (isBetter(a.similarity, a.fileId, b) ? -1 : 1));
  }

  private rise(place: number): void {
    const { heap } = this;
    let child = place;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (isBetter(heap[child].similarity, heap[child].fileId, heap[parent])) return;
      [heap[child], heap[parent]] = [heap[parent], heap[child]];
      child = parent;
    }
  }

  private sink(): void {
    const { heap } = this;
    let parent = 0;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isBetter(heap[worst].similarity, heap[worst].fileId, heap[child])) worst = child;
      }
      if (worst === parent) return;
      [heap[parent], heap[worst]] = [heap[worst], heap[parent]];
      parent = worst;
    }
  }
}

/** More alike; of equals the smaller id. */
function isBetter(similarity: number, fileId: FileId, than: Match): boolean {
  return similarity > than.similarity || (similarity === than.similarity && fileId < than.fileId);
}
