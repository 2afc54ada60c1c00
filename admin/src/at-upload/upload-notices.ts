import { getFetchClient } from '@strapi/strapi/admin';
import type { Notice, NoticesResponse } from '../../../plugin/contracts/admin';
import { watchUploads } from './watch-uploads';

/** What is needed to speak to the administrator; changes with every render. */
export interface Speaker {
  say(notice: Notice): void;
}

/** Embedding takes a moment; after these tries it is left to the page of duplicates. */
const FIRST_MS = 1_000;
const AGAIN_MS = 2_000;
const TRIES = 30;

let speaker: Speaker | undefined;
let since: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let tries = 0;
const said = new Set<number>();

/** The menu is rendered often, and in more than one place: the page is watched once, and whoever rendered last speaks. */
export function speakThrough(next: Speaker): void {
  const isFirst = !speaker;
  speaker = next;
  if (isFirst) watchUploads(onUpload);
}

function onUpload(startedAt: number): void {
  since = Math.min(since ?? startedAt, startedAt);
  tries = 0;
  clearTimeout(timer);
  timer = setTimeout(ask, FIRST_MS);
}

async function ask(): Promise<void> {
  // A second more, since the server rounds the time of an upload to its own clock.
  const within = Math.min(3_600, Math.ceil((performance.now() - (since as number)) / 1_000) + 1);
  let pending = 1;
  try {
    const { data } = await getFetchClient().get<NoticesResponse>(`/similar/notices?within=${within}`);
    pending = data.pending;
    for (const notice of data.notices) {
      if (said.has(notice.uploaded.id)) continue;
      said.add(notice.uploaded.id);
      speaker?.say(notice);
    }
  } catch {
    // Retries while a server restarts; if it refuses, only a few times.
  }
  tries++;
  if (pending > 0 && tries < TRIES) {
    timer = setTimeout(ask, AGAIN_MS);
  } else {
    since = undefined;
  }
}
