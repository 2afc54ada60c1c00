import path from 'node:path';
import type { Core } from '@strapi/strapi';

/**
 * Calls `start` once this process answers requests. Others (`strapi export`, `transfer`, `configuration:dump`, a script that loads
 * Strapi) bootstrap plugins as well, often far from the uploads, and are there for something else.
 * @returns a function that ends the waiting.
 */
export function whenServing(
  { server }: Pick<Core.Strapi, 'server'>,
  start: () => void,
  argv = process.argv,
): () => void {
  const { httpServer } = server;
  if (isConsole(argv)) return () => {};
  if (httpServer.listening) start();
  else httpServer.once('listening', start);
  return () => void httpServer.off('listening', start);
}

/** `strapi console` listens like a server, for as long as somebody types. */
const isConsole = ([, script = '', command]: string[]) =>
  /^strapi(\.js)?$/.test(path.basename(script)) && command === 'console';
