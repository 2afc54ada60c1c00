import { getFetchClient } from '@strapi/strapi/admin';
import type { ItemsRequest, ItemsResponse } from '../../../plugin/contracts/admin';

/** About an entry as it is stored. */
export type FirstQuestion = Omit<ItemsRequest, 'pictures'>;

/** The answer to what was asked before there was a panel. */
export interface EarlyAnswer {
  /** Undefined when it could not be had: the panel's own request will tell why. */
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
 * all connections that a browser opens to a server. Asks once about the same; gives up what was asked before and not taken.
 * @param next undefined: no entry is open.
 */
export function askEarly(next: FirstQuestion | undefined): void {
  const key = next && JSON.stringify(next);
  if (key === question) return;
  untaken?.giveUp();
  question = key;
  untaken = next && ask(next);
}

/** For one taker, and for seconds: then others may have changed what it says. Undefined when something else was asked, or nothing. */
export function takeEarly(wanted: FirstQuestion): EarlyAnswer | undefined {
  if (question !== JSON.stringify(wanted)) return undefined;
  const answer = untaken;
  untaken = undefined;
  return answer && performance.now() - answer.askedAt < KEPT_MS ? answer : undefined;
}

/** Not by a component's client: the one that asks is not the one that takes. */
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
