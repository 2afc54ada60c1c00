import { spawnSync } from 'node:child_process';
import { step } from './step.mjs';

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** @returns how to call apt-get without being asked for a password, or undefined. */
function aptGet() {
  if (!succeeds('apt-get', ['--version'])) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n', 'apt-get'] : undefined;
}

/**
 * Finds a program, or installs the Debian packages that bring it, where that needs no password.
 * @param options.find where the program is, or undefined
 * @param options.byHand what its user can do where it cannot be installed
 * @returns `{path}`, or `{missing}`: why there is none.
 */
export async function provide({ name, packages, find, byHand }) {
  const found = find();
  if (found) return { path: found };
  const apt = aptGet();
  if (!apt) return { missing: `${name} was not found: ${byHand}` };
  const [command, ...args] = apt;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await step('apt-update', 'Looking up packages of this system', command, [...args, 'update'], { env });
    // Another server that is here stays: what is in its way is not installed.
    const install = [...args, 'install', '-y', '--no-install-recommends', '--no-remove', ...packages];
    await step(`apt-${packages[0]}`, `Installing ${name}`, command, install, { env });
  } catch (error) {
    return { missing: `${name} could not be installed: ${error.message.split('\n')[0]}` };
  }
  const path = find();
  return path ? { path } : { missing: `${name} was installed, but at none of the usual places: ${byHand}` };
}
