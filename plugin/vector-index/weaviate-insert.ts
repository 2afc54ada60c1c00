import type { SimilarConfig } from '../contracts/config';
import { LONG_TIMES } from './shared-index';

export interface NewObject {
  id: string;
  properties: Record<string, string | number>;
  vector?: readonly number[];
}

/** Adds objects to a collection, or replaces them. */
export type Insert = (objects: readonly NewObject[]) => Promise<void>;

/**
 * Over HTTP: the client of that time looks every 500 ms whether it has prepared its message, so each batch took half a second or more.
 * @throws Error with the reason of the first object that could not be added; others of them may be there.
 */
export function createInsert({ weaviate, timeoutMs }: SimilarConfig['index'], name: string): Insert {
  const { url, apiKey, consistency } = weaviate;
  const target = `${(url as string).replace(/\/$/, '')}/v1/batch/objects?consistency_level=${consistency}`;
  const headers = { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
  return async (objects) => {
    if (objects.length === 0) return;
    const body = JSON.stringify({ objects: objects.map((object) => ({ ...object, class: name })) });
    const answer = await fetch(target, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(LONG_TIMES * timeoutMs),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 300)}`);
    for (const { result } of (await answer.json()) as Result[]) {
      if (result.errors) throw new Error(result.errors.error?.[0]?.message ?? 'an object could not be added');
    }
  };
}

interface Result {
  result: { errors?: { error?: Array<{ message: string }> } | null };
}
