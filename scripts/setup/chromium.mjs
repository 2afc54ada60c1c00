import { existsSync } from 'node:fs';
import { provide } from './debian.mjs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** Finds Chromium, or installs the one of Debian. @returns `{path}`, or `{missing}`: why there is none. */
export const provideChromium = () =>
  provide({
    name: 'Chromium',
    packages: ['chromium'],
    find: () => [process.env.CHROMIUM_PATH, ...PLACES].find((file) => file && existsSync(file)),
    byHand: 'install it, or name it in CHROMIUM_PATH',
  });
