import { z } from 'zod';
import { PARTS, type Part } from '../../../plugin/contracts/carry';

const WHICH = `Expected some of ${PARTS.join(',')}`;

const isPart = (name: string): name is Part => PARTS.some((part) => part === name);

/** Which parts of a file are meant: comma-separated, in any order; all of them where nothing is said. */
export const only = z
  .string({ error: WHICH })
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((names) => names.every(isPart), { error: WHICH })
  .transform((names): readonly Part[] => PARTS.filter((part) => names.includes(part)))
  .default(PARTS);
