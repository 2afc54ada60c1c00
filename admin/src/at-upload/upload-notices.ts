import { getFetchClient } from '@strapi/strapi/admin';
import { useSyncExternalStore } from 'react';
import type { Notice, NoticesResponse } from '../../../plugin/contracts/admin';
import { isRefusal } from '../hooks/retries';
import { watchUploads } from './watch-uploads';

/** Who is spoken to; changes with every render. */
export interface Listener {
  /** Id of the administrator: what was said to another one in this tab is not theirs. */
  who: unknown;
  /** Whether notices are wanted at all: if not, the server is not asked. Undefined while the server has not said so. */
  wanted: boolean | undefined;
  say(notice: Notice): void;
}

/** What is shown of a notice that is not closed yet. */
export interface OpenNotice extends Notice {
  /** The form that is being edited was given the existing picture. */
  replaced?: boolean;
}

/** Embedding takes a moment; after these tries it is left to the page of duplicates. */
const FIRST_MS = 1_000;
const AGAIN_MS = 2_000;
const TRIES = 30;

let listener: Listener | undefined;
let since: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let tries = 0;
const said = new Set<number>();
let open: readonly OpenNotice[] = [];
const readers = new Set<() => void>();

function show(next: readonly OpenNotice[]): void {
  open = next;
  for (const read of readers) read();
}

function subscribe(read: () => void): () => void {
  readers.add(read);
  return () => readers.delete(read);
}

/** The menu is rendered often, and in more than one place: the page is watched once, and whoever rendered last speaks. */
export function listenTo(next: Listener): void {
  const before = listener;
  listener = next;
  if (!before) watchUploads(onUpload);
  else if (before.who !== next.who) forget();
  // Somebody may upload before it is known whether they want notices.
  if (before?.wanted === undefined && since !== undefined) {
    if (next.wanted) askSoon();
    else if (next.wanted === false) since = undefined;
  }
}

/** Outside of React, since Strapi's menu makes its icons anew whenever the address changes. */
export const useOpenNotices = (): readonly OpenNotice[] => useSyncExternalStore(subscribe, () => open);

export function closeNotices(closed: readonly Notice[]): void {
  const ids = new Set(closed.map(({ uploaded }) => uploaded.id));
  show(open.filter(({ uploaded }) => !ids.has(uploaded.id)));
}

/** @param id of the uploaded picture */
export function markReplaced(id: number): void {
  show(open.map((notice) => (notice.uploaded.id === id ? { ...notice, replaced: true } : notice)));
}

function forget(): void {
  clearTimeout(timer);
  since = undefined;
  show([]);
}

function onUpload(startedAt: number): void {
  if (listener?.wanted === false) return;
  since = Math.min(since ?? startedAt, startedAt);
  if (listener?.wanted) askSoon();
}

function askSoon(): void {
  tries = 0;
  clearTimeout(timer);
  timer = setTimeout(ask, FIRST_MS);
}

async function ask(): Promise<void> {
  const asker = listener?.who;
  // A second more, since the server rounds the time of an upload to its own clock.
  const within = Math.min(3_600, Math.ceil((performance.now() - (since as number)) / 1_000) + 1);
  let pending = 1;
  try {
    const { data } = await getFetchClient().get<NoticesResponse>(`/similar/notices?within=${within}`);
    if (asker !== listener?.who) return;
    pending = data.pending;
    const fresh = data.notices.filter(({ uploaded }) => !said.has(uploaded.id));
    for (const notice of fresh) {
      said.add(notice.uploaded.id);
      listener?.say(notice);
    }
    if (fresh.length > 0) show([...fresh, ...open]);
  } catch (error) {
    // A server that restarts answers later; one that refuses would refuse again.
    if (isRefusal(error)) pending = 0;
  }
  if (asker !== listener?.who) return;
  tries++;
  if (pending > 0 && tries < TRIES) timer = setTimeout(ask, AGAIN_MS);
  else since = undefined;
}
