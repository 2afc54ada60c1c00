/** Takes away what was compiled before: files that have moved since would be packed, too. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/paths.mjs';

for (const room of ['plugin', 'server', 'cli']) rmSync(path.join(ROOT, 'dist', room), { recursive: true, force: true });
