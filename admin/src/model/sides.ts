export type Compared = 'live' | 'other';

/**
 * Which model's look-alikes stand on the left, as A, and which on the right. By the picture's id, so that nobody learns which side is
 * which, and a reload does not swap them.
 */
export function sidesOf(pictureId: number): { A: Compared; B: Compared } {
  // The last steps of MurmurHash3: ids that follow each other share no pattern.
  let bits = Math.imul(pictureId ^ (pictureId >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) & 1) === 0 ? { A: 'live', B: 'other' } : { A: 'other', B: 'live' };
}
