import type { Command } from './command';
import { folder } from './folder';

/** Every command by its name. */
export const COMMANDS: Record<string, Command> = { folder };
