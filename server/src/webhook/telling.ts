import type { Core } from '@strapi/strapi';
import type { SimilarChangedEntry } from '../../../plugin/contracts/webhook';
import type { Tops, UnsentTop } from '../../../plugin/ports';
import { logOf } from '../util/log';
import type { Receiver, Webhook } from './webhook';

/** Most entries of one call. */
const MOST = 100;
/** Longer than a call may take. */
const LEASE_MS = 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

const pauseOf = (attempts: number) => Math.min(FIRST_PAUSE_MS * 4 ** attempts, LONGEST_PAUSE_MS);

export interface TellingDeps {
  strapi: Core.Strapi;
  webhook: Pick<Webhook, 'receivers'>;
}

/** Tells receivers which top results have changed, until they accept it; what they did not accept waits in the database. */
export function createTelling({ strapi, webhook }: TellingDeps) {
  const log = logOf(strapi);
  /** Receivers that did not accept the last call: this is logged once. */
  const down = new Set<string>();
  /** What a receiver has accepted already while another one has not: top → signature. */
  const accepted = new Map<string, Map<number, string>>();

  async function tell(receiver: Receiver, model: string, tops: UnsentTop[], isStopped: () => boolean) {
    const key = `${receiver.name} ${receiver.url}`;
    const has = accepted.get(key) ?? new Map<number, string>();
    const missing = tops.filter(({ id, signature }) => has.get(id) !== signature);
    if (missing.length === 0) return true;
    try {
      await receiver.tell(model, missing.map(entryOf));
      for (const { id, signature } of missing) has.set(id, signature);
      accepted.set(key, has);
      if (down.delete(key)) log.info(`${receiver.name} takes similar.changed again`);
      return true;
    } catch (error) {
      if (!down.has(key) && !isStopped()) {
        const { message } = error as Error;
        // Not the whole address: its path may be a secret.
        const origin = URL.canParse(receiver.url) ? new URL(receiver.url).origin : 'its address';
        log.warn(`${receiver.name} did not take similar.changed at ${origin}: ${message}. It is tried again.`);
      }
      down.add(key);
      return false;
    }
  }

  return {
    /** One call per content type and receiver, or several where there is more than one call holds. */
    async all(tops: Tops, isStopped: () => boolean): Promise<void> {
      while (!isStopped()) {
        const claimed = await tops.claim(MOST, LEASE_MS);
        if (claimed.length === 0) return;
        const receivers = await webhook.receivers();
        for (const model of new Set(claimed.map(({ type }) => type))) {
          const ofModel = claimed.filter(({ type }) => type === model);
          const taken = await Promise.all(receivers.map((receiver) => tell(receiver, model, ofModel, isStopped)));
          if (!taken.every(Boolean)) {
            await tops.failed(ofModel, pauseOf(Math.min(...ofModel.map(({ attempts }) => attempts))));
            continue;
          }
          await tops.sent(ofModel);
          for (const has of accepted.values()) for (const { id } of ofModel) has.delete(id);
        }
      }
    },
  };
}

export type Telling = ReturnType<typeof createTelling>;

const entryOf = ({ type, documentId, locale, results }: UnsentTop): SimilarChangedEntry => ({
  documentId,
  ...(locale && { locale }),
  results: results.map((result) => ({ type, ...result })),
});
