import type { Core } from '@strapi/strapi';
import { logOf } from '../util/log';
import { LEASE_MS } from './journal';
import type { Merging } from './merging';

const LOOK_MS = 10 * 60_000;

/** Has merges gone on with: at boot, once those that have just been interrupted are free, and every ten minutes. */
export function createMergeLooks({ strapi, merging }: { strapi: Core.Strapi; merging: Merging }) {
  let timers: NodeJS.Timeout[] = [];
  let looking: Promise<void> | undefined;

  function look(): void {
    looking ??= merging
      .look()
      .catch((error: Error) => logOf(strapi).warn(`Merges could not be looked at: ${error.message}`))
      .finally(() => {
        looking = undefined;
      });
  }

  return {
    start(): void {
      look();
      timers = [setTimeout(look, LEASE_MS + 1_000).unref(), setInterval(look, LOOK_MS).unref()];
    },

    async stop(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      await looking;
    },
  };
}

export type MergeLooks = ReturnType<typeof createMergeLooks>;
