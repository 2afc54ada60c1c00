import { spawnSync } from 'node:child_process';
import { SetupError } from './failure.mjs';

const NODE_VERSIONS = [20, 22, 24];

export function checkRequirements() {
  const major = Number(process.versions.node.split('.')[0]);
  if (!NODE_VERSIONS.includes(major)) {
    throw new SetupError(
      `Node.js ${process.versions.node} is not supported by Strapi 5.`,
      `Use one of the versions ${NODE_VERSIONS.join(', ')}: \`nvm install\` in this folder, or see nodejs.org.`,
    );
  }
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (npm.status !== 0) throw new SetupError('npm was not found.', 'It comes with Node.js: install Node.js again.');
}
