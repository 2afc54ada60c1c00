import type { SpaceProgress } from '../../../plugin/contracts/progress';
import { rounded } from './rounded';

/** The share of the pictures that have been processed. */
export const coverageOf = ({ total, pending }: SpaceProgress): number =>
  total === 0 ? 1 : rounded((total - pending) / total, 4);
