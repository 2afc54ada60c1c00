import { createHmac } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { SIMILAR_CHANGED, type SimilarChanged, type WebhookTest } from '../../../plugin/contracts/webhook';
import { SimilarError } from '../../../plugin/errors';
import { readConfig } from '../config';
import type { ContentTypes } from '../search/content-types';

const TIMEOUT_MS = 10_000;
/** How long another node's new webhook may stay unnoticed. On this node `forget` is called. */
const TTL_MS = 30_000;

/** A webhook of Strapi's settings. */
interface Stored {
  id: string;
  name: string;
  url: string;
  headers: Record<string, string>;
  events: string[];
  isEnabled: boolean;
}

type Address = Pick<SimilarConfig['webhook'], 'headers' | 'secret'> & { url: string };

/** Somebody who is told. */
export interface Receiver {
  /** Where it is configured. */
  name: string;
  url: string;
  /** @throws Error with the reason when it is not accepted. */
  tell(model: string, entries: SimilarChanged['entries']): Promise<void>;
}

export interface WebhookDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
}

/** Who is told `similar.changed`: the address of the configuration, and webhooks of Strapi that ask for the event. */
export function createWebhook({ strapi, contentTypes }: WebhookDeps) {
  const stopping = new AbortController();
  let isTesting = false;
  let known: { at: number; webhooks: Promise<Stored[]> } | undefined;

  async function find(): Promise<Stored[]> {
    const all: Stored[] = await strapi.get('webhookStore').findWebhooks();
    return all.filter(({ isEnabled, events }) => isEnabled && events?.includes(SIMILAR_CHANGED));
  }

  function stored(): Promise<Stored[]> {
    if (!known || Date.now() - known.at > TTL_MS) {
      known = { at: Date.now(), webhooks: find() };
      known.webhooks.catch(() => {
        known = undefined;
      });
    }
    return known.webhooks;
  }

  /** One call, signed where there is a secret. @returns the status that was answered. @throws Error with the reason when none was. */
  async function post(
    { url, headers, secret }: Address,
    message: Omit<SimilarChanged, 'event' | 'createdAt'>,
  ): Promise<number> {
    const createdAt = new Date().toISOString();
    const body = JSON.stringify({ event: SIMILAR_CHANGED, createdAt, ...message } satisfies SimilarChanged);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await strapi.fetch(url, {
        method: 'POST',
        body,
        headers: {
          ...headers,
          'Content-Type': 'application/json',
          'X-Strapi-Event': SIMILAR_CHANGED,
          ...(secret && { 'X-Similar-Signature': signatureOf(body, secret) }),
        },
        signal: AbortSignal.any([timeout, stopping.signal]),
      });
      // Nothing is read of it; a connection that is not read to its end is not used again.
      await response.body?.cancel();
      return response.status;
    } catch (error) {
      throw timeout.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1_000} s`) : unwrapped(error as Error);
    }
  }

  /** The address of the configuration, if there is one. */
  function address(): Address | undefined {
    const { url, headers, secret } = readConfig(strapi).webhook;
    return url ? { url, headers, secret } : undefined;
  }

  function configured(): Receiver[] {
    const to = address();
    if (!to) return [];
    return [
      {
        name: 'webhook.url',
        url: to.url,
        async tell(model, entries) {
          const status = await post(to, { model, entries });
          if (!isAccepted(status)) throw new Error(`it answered ${status}`);
        },
      },
    ];
  }

  /** By Strapi's own runner, with the headers that it sends. Not over its event hub, which says nothing of what came of it. */
  const ofStrapi = (webhook: Stored): Receiver => ({
    name: `Strapi's webhook “${webhook.name}”`,
    url: webhook.url,
    async tell(model, entries) {
      const { statusCode, message } = await strapi.get('webhookRunner').run(webhook, SIMILAR_CHANGED, {
        model,
        entries,
      });
      if (statusCode >= 300) throw new Error(`it answered ${statusCode} ${message ?? ''}`.slice(0, 200));
    },
  });

  return {
    /** Nobody is told: then nothing is computed. */
    async isOff(): Promise<boolean> {
      return !readConfig(strapi).webhook.url && (await stored()).length === 0;
    },

    async receivers(): Promise<Receiver[]> {
      return [...configured(), ...(await stored()).map(ofStrapi)];
    },

    /**
     * Sends the configured address a call about nothing, once: whether it gets through.
     * @throws SimilarError `NO_WEBHOOK`, or `WEBHOOK_TEST_RUNS` while another test is under way on this node.
     */
    async test(): Promise<WebhookTest> {
      const to = address();
      if (!to) throw new SimilarError('NO_WEBHOOK', 'webhook.url is not set: there is nobody to send a test to');
      if (isTesting) throw new SimilarError('WEBHOOK_TEST_RUNS', 'Another test of the webhook is under way');
      isTesting = true;
      try {
        const [model = ''] = contentTypes.all().keys();
        const status = await post(to, { model, entries: [], test: true });
        return { delivered: isAccepted(status), status };
      } catch (error) {
        return { delivered: false, reason: (error as Error).message };
      } finally {
        isTesting = false;
      }
    },

    /** Gives up calls that are under way; what they tell is told after the next start. */
    stop(): void {
      stopping.abort();
    },

    /** Webhooks were made, changed or deleted in the settings. */
    forget(): void {
      known = undefined;
    },
  };
}

export type Webhook = ReturnType<typeof createWebhook>;

/** `sha256=` and the HMAC in hexadecimal, as GitHub signs its webhooks. */
const signatureOf = (body: string, secret: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const isAccepted = (status: number) => status >= 200 && status < 300;

/** What `fetch` only calls “fetch failed”: why there was no connection. */
function unwrapped(error: Error): Error {
  const { message, code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return new Error(message || code || error.message, { cause: error });
}
