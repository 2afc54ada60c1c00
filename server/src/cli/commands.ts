import type { Command } from './command';
import { exportNeighbours } from './export';
import { folder } from './folder';
import { model } from './model';

/** Every command by its name. */
export const COMMANDS: Record<string, Command> = { folder, model, export: exportNeighbours };
