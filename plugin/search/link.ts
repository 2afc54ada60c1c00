import type { FileId } from '../ports';

export interface Link {
  a: FileId;
  b: FileId;
  similarity: number;
}
