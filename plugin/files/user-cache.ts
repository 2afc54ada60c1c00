import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** The folder where this user's programs keep files that can be downloaded or made again. */
export function userCacheDir(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  return XDG_CACHE_HOME || (process.platform === 'win32' && LOCALAPPDATA) || path.join(home(), '.cache');
}

/** A user of a container may have neither HOME nor a line in its list of users: then Node throws. */
function home(): string {
  try {
    return homedir();
  } catch {
    return tmpdir();
  }
}
