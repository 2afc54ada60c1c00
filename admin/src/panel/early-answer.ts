import { getFetchClient } from '@strapi/strapi/admin';
import type { ItemsRequest, ItemsResponse } from '../../../plugin/contracts/admin';

/** About an entry as it is stored. */
export type FirstQuestion = Omit<ItemsRequest, 'pictures'>;

/** The answer to the query that was sent before there was a panel. */
export interface EarlyAnswer {
  /** Undefined if the request failed: the panel's own request will say why. */
  promise: Promise<ItemsResponse | undefined>;
  /** Once it is there. */
  known?: ItemsResponse;
  askedAt: number;
  giveUp(): void;
}

/** Much longer than the content manager needs until there is a panel. */
const KEPT_MS = 10_000;

let question: string | undefined;
let untaken: EarlyAnswer | undefined;

/**
 * Asks before the panel is there: the content manager shows panels only when it has drawn the form, and its own requests take
 * all connections that a browser opens to a server. Sends the same query only once, and drops an earlier one that nobody took.
 * @param next undefined: no entry is open.
 */
export function askEarly(next: FirstQuestion | undefined): void {
  const key = next && JSON.stringify(next);
  if (key === question) return;
  untaken?.giveUp();
  question = key;
  untaken = next && ask(next);
}

/** For one taker, and only for seconds, because others may change the result. Undefined if another query was sent, or none. */
export function takeEarly(wanted: FirstQuestion): EarlyAnswer | undefined {
  if (question !== JSON.stringify(wanted)) return undefined;
  const answer = untaken;
  untaken = undefined;
  return answer && performance.now() - answer.askedAt < KEPT_MS ? answer : undefined;
}

/** Not with a component's client: the component that sends the query is not the one that takes the answer. */
function ask(first: FirstQuestion): EarlyAnswer {
  const abort = new AbortController();
  const answer: EarlyAnswer = {
    askedAt: performance.now(),
    promise: getFetchClient()
      .post<ItemsResponse>('/similar/items', first, { signal: abort.signal })
      .then(
        ({ data }) => {
          answer.known = data;
          return data;
        },
        () => undefined,
      ),
    giveUp: () => abort.abort(),
  };
  return answer;
}
