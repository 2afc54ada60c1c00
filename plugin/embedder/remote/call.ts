import type { Dispatcher, Response } from 'undici';
import { createDispatcher } from '../../dispatcher';
import {
  COUNT_HEADER,
  type MachineHealth,
  packRequest,
  parseHealth,
  type RemoteResult,
  SPACE_HEADER,
  unpackAnswer,
} from './wire';

export interface Address {
  url: string;
  token?: string;
}

/** A machine has enough to do: it is asked again after this time. */
export class Busy extends Error {
  constructor(readonly retryAfterMs: number) {
    super('it has enough to do');
  }
}

const HEALTH_TIMEOUT_MS = 10_000;
const LONGEST_RETRY_AFTER_S = 60;

/** HTTP to one machine. Every error is about the machine, and its message a reason in words. */
export function createCalls({ url, token }: Address, space: { id: string; dims: number }) {
  const base = url.replace(/\/+$/, '');
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let dispatcher: Promise<Dispatcher> | undefined;

  async function call(where: string, signal: AbortSignal, post?: { headers: Record<string, string>; body: Buffer }) {
    const { fetch } = await import('undici');
    dispatcher ??= createDispatcher();
    const response = await fetch(`${base}/v1/${where}`, {
      method: post ? 'POST' : 'GET',
      body: post?.body,
      headers: { ...authorization, ...post?.headers },
      redirect: 'error',
      dispatcher: await dispatcher,
      signal,
    }).catch((error) => {
      throw new Error(unreached(error, signal), { cause: error });
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    throw refused(response, space.id);
  }

  return {
    async health(): Promise<MachineHealth> {
      const response = await call('health', AbortSignal.timeout(HEALTH_TIMEOUT_MS));
      return understood(async () => parseHealth(await response.text()));
    },

    /** One result per picture. Some take long; whether the machine hangs, its health tells. */
    async embed(pictures: Parameters<typeof packRequest>[0], signal: AbortSignal): Promise<RemoteResult[]> {
      const headers = { [SPACE_HEADER]: space.id, [COUNT_HEADER]: String(pictures.length) };
      const body = packRequest(pictures);
      const response = await call('embed', signal, { headers, body });
      return understood(async () =>
        unpackAnswer(Buffer.from(await response.arrayBuffer()), pictures.length, space.dims),
      );
    },

    /** Ends what is under way. */
    async close(): Promise<void> {
      await (await dispatcher)?.destroy();
    },
  };
}

/** The system's word for it (ECONNREFUSED, …) is in the cause. */
function unreached(error: Error, { reason }: AbortSignal): string {
  if (reason?.name === 'TimeoutError') return 'it does not answer in time';
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return `it cannot be reached (${cause?.code ?? cause?.message ?? error.message})`;
}

function refused({ status, headers }: Response, space: string): Error {
  if (status === 401 || status === 403) return new Error('it refuses the token in `embedders`');
  if (status === 409) return new Error(`it makes vectors of another space than ${space}`);
  if (status === 503) {
    const seconds = Number(headers.get('retry-after') ?? 1);
    return new Busy(1_000 * Math.min(seconds > 0 ? seconds : 1, LONGEST_RETRY_AFTER_S));
  }
  return new Error(`it answers with the HTTP status ${status}`);
}

async function understood<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error('its answer cannot be read; is it an embedder, and of the same version?', { cause: error });
  }
}
