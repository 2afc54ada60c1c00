import type { DuplicateGroup } from '../../../plugin/contracts/admin';

export type Pictured = DuplicateGroup['pictures'][number];

/** What makes one of several copies the best, most important first. */
export const MERITS = ['pixels', 'bytes', 'usages', 'oldest'] as const;
export type Merit = (typeof MERITS)[number];

const WORTH: Record<Merit, (picture: Pictured) => number> = {
  pixels: ({ width = 0, height = 0 }) => width * height,
  bytes: ({ bytes }) => bytes,
  usages: ({ usageCount }) => usageCount,
  // Ids grow.
  oldest: ({ id }) => -id,
};

/** Which of these copies to keep, and what it has more of than any that comes close. */
export function bestOf(pictures: readonly Pictured[]): { picture: Pictured; because: Merit } {
  let rest = [...pictures];
  for (const merit of MERITS) {
    const most = Math.max(...rest.map(WORTH[merit]));
    rest = rest.filter((picture) => WORTH[merit](picture) === most);
    if (rest.length === 1) return { picture: rest[0], because: merit };
  }
  return { picture: rest[0], because: 'oldest' };
}
