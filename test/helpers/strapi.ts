import { rmSync } from 'node:fs';
import { type Core, createStrapi } from '@strapi/strapi';
import { listen } from './listen';
import { connect, type StrapiClient } from './strapi-client';
import { APP_DIR, createFolder, DIST_DIR, type PlaygroundOptions, playgroundEnv } from './strapi-folder';

export interface Playground extends StrapiClient {
  strapi: Core.Strapi;
  /** Holds database and uploads. */
  folder: string;
  /** Ends Strapi and deletes the folder, unless `keep` (then pass `folder` to start it again). */
  stop(options?: { keep?: boolean }): Promise<void>;
}

/** Sets variables; the result puts the earlier values back. */
function withEnv(env: Record<string, string>): () => void {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** Boots the playground shop inside this process on a free port. One at a time: Strapi has process-wide state. */
export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const folder = options.folder ?? createFolder();
  const restoreEnv = withEnv(playgroundEnv(folder, options));
  const cwd = process.cwd();
  process.chdir(APP_DIR);
  const { dist: distDir = DIST_DIR } = options;
  const strapi = createStrapi({ appDir: APP_DIR, distDir, serveAdminPanel: false, autoReload: false });

  async function stop({ keep = false } = {}): Promise<void> {
    const listeners = process.eventNames().map((name) => [name, process.rawListeners(name)] as const);
    try {
      await strapi.destroy();
    } finally {
      // Strapi takes away everybody's: without its own, the test runner ends in silence, and with 1 for what nobody reads.
      for (const [name, before] of listeners) {
        for (const listener of before)
          if (!process.rawListeners(name).includes(listener)) process.on(name as never, listener as never);
      }
      process.chdir(cwd);
      restoreEnv();
      if (options.dist) rmSync(options.dist, { recursive: true, force: true });
      if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  try {
    await strapi.load();
    strapi.server.mount();
    const { httpServer } = strapi.server;
    const port = await listen(httpServer);
    const client = await connect(`http://127.0.0.1:${port}`);
    return { ...client, strapi, folder, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
