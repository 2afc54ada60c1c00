import { useRef, useState } from 'react';
import type { ItemsRequest, ItemsResponse } from '../../../plugin/contracts/admin';
import { useApi } from '../hooks/use-api';
import { type Remote, useRemote } from '../hooks/use-remote';
import { takeEarly } from './early-answer';

/** Quick changes of the form ask once. */
const DELAY_MS = 100;
/** Pictures are being embedded: their neighbours are shown as soon as there are any. */
const POLL_MS = 1_500;

type Question = ItemsRequest & { pictures: number[] };

/** What looks like these pictures. The early answer is used if it was about the same ones. */
export function useItems(question: Question): Remote<ItemsResponse> {
  const api = useApi();
  const { pictures, ...stored } = question;
  const fitting = (answer: ItemsResponse | undefined) =>
    answer && String(answer.pictures) === String(pictures) ? answer : undefined;
  const [early] = useState(() => takeEarly(stored));
  const known = fitting(early?.known);
  /** Only once: whoever reloads wants a fresh answer. */
  const untaken = useRef(known ? undefined : early);

  async function load(signal: AbortSignal): Promise<ItemsResponse> {
    const first = untaken.current;
    untaken.current = undefined;
    signal.addEventListener('abort', () => first?.giveUp());
    return fitting(await first?.promise) ?? api.items(question, signal);
  }

  const { limit: _, ...subject } = question;
  return useRemote(pictures.length > 0 ? JSON.stringify(question) : undefined, load, {
    known,
    // More of the same: what is there stays when it cannot be had.
    subject: JSON.stringify(subject),
    delayMs: DELAY_MS,
    pollMs: (data?: ItemsResponse) => (data?.waiting.some(isPending) ? POLL_MS : undefined),
  });
}

const isPending = ({ state }: ItemsResponse['waiting'][number]) => state === 'pending';
