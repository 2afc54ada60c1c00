import type { Command } from './command';
import { folder } from './folder';
import { model } from './model';

/** Every command by its name. */
export const COMMANDS: Record<string, Command> = { folder, model };
