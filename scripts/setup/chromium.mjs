import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { step } from './step.mjs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const find = () => [process.env.CHROMIUM_PATH, ...PLACES].find((file) => file && existsSync(file));

/** @returns how to call apt-get without being asked for a password, or undefined. */
function aptGet() {
  if (!succeeds('apt-get', ['--version'])) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n', 'apt-get'] : undefined;
}

/** Finds Chromium, or installs the one of Debian. @returns `{path}`, or `{missing}`: why there is none. */
export async function provideChromium() {
  const found = find();
  if (found) return { path: found };
  const apt = aptGet();
  if (!apt) return { missing: 'Chromium was not found: install it, or name it in CHROMIUM_PATH' };
  const [command, ...args] = apt;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await step('apt-update', 'Looking up packages of this system', command, [...args, 'update'], { env });
    const install = [...args, 'install', '-y', '--no-install-recommends', 'chromium'];
    await step('apt-chromium', 'Installing Chromium', command, install, { env });
  } catch (error) {
    return { missing: `Chromium could not be installed: ${error.message.split('\n')[0]}` };
  }
  const path = find();
  return path
    ? { path }
    : { missing: 'Chromium was installed, but at none of the usual places: name it in CHROMIUM_PATH' };
}
