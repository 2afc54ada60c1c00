import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from '../setup/failure.mjs';

export const USAGE = `npm run demo -- [options]

  --images <folder>  sell the pictures of this folder; a subfolder is a product group
  --limit <n>        at most so many pictures
  --port <n>         port of the shop, 1337 by default; 0 for a free one
  --once             end after everything was shown to work
  --help             this text

Without --images: photos of food from ../shared/photos/food if they are there (300 of them), else a catalogue drawn
by this project. The shop is kept in playground/.tmp and playground/public/uploads; delete both to start afresh.`;

function wholeNumber(name, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new SetupError(`--${name} is "${text}".`, `It must be a whole number from ${least} to ${most}.`);
}

/** @returns images?: absolute folder, limit?, port, once, help */
export function readOptions(args) {
  const known = { images: 'string', limit: 'string', port: 'string', once: 'boolean', help: 'boolean' };
  const options = Object.fromEntries(Object.entries(known).map(([name, type]) => [name, { type }]));
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new SetupError(error.message, USAGE);
  }
  const images = values.images && path.resolve(values.images);
  if (images && !(existsSync(images) && statSync(images).isDirectory())) {
    throw new SetupError(`There is no folder ${images}.`, 'Name a folder with pictures after --images.');
  }
  return {
    images,
    limit: values.limit && wholeNumber('limit', values.limit, 1, 1_000_000),
    port: wholeNumber('port', values.port ?? '1337', 0, 65_535),
    once: values.once ?? false,
    help: values.help ?? false,
  };
}
