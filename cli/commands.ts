import type { Command } from './command';
import { decisions } from './decisions';
import { doctor } from './doctor';
import { embedder } from './embedder';
import { exportNeighbours } from './export';
import { folder } from './folder';
import { model } from './model';

/** Every command by its name. */
export const COMMANDS: Record<string, Command> = {
  folder,
  model,
  export: exportNeighbours,
  decisions,
  embedder,
  doctor,
};
