import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { SingleBar } from 'cli-progress';
import type { Progress } from '../../plugin/contracts/progress';
import { DemoError } from './offer';

const POLL_MS = 250;
/** Longest time without any picture being done, before the demo gives up. */
const STALLED_MS = 180_000;
const FORMAT = 'Indexing {bar} {value}/{total} pictures · {rate}/s · {left} left';

const readProgress = (strapi: Core.Strapi): Promise<Progress> =>
  strapi.plugin('similar').service('indexing').core().progress();

const doneOf = ({ ready, failed, unsupported }: Progress): number => ready + failed + unsupported;

function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/**
 * Shows a bar until the shop is filled and every picture can be found.
 * @param expected pictures that `filling` is going to add to those that are there
 */
export async function showProgress(
  strapi: Core.Strapi,
  expected: number,
  filling: Promise<unknown>,
): Promise<Progress> {
  let filled = false;
  const mark = () => {
    filled = true;
  };
  filling.then(mark, mark);

  let progress = await readProgress(strapi);
  const planned = progress.total + expected;
  const bar = new SingleBar({ format: FORMAT, barsize: 28, noTTYOutput: true, notTTYSchedule: 5000, hideCursor: true });
  if (expected > 0 || progress.pending > 0) bar.start(planned, doneOf(progress), { rate: 0, left: '–' });

  let lastChange = { at: Date.now(), state: '' };
  try {
    while (!filled || progress.pending > 0 || progress.indexed < progress.ready) {
      await sleep(POLL_MS);
      progress = await readProgress(strapi);
      const done = doneOf(progress);
      // Once everything is uploaded, the true number is known: thumbnails and the like never count.
      const total = filled ? progress.total : Math.max(planned, progress.total);
      bar.setTotal(total);
      bar.update(done, { rate: progress.rate, left: timeLeft((total - done) / progress.rate) });
      const state = `${progress.total} ${done} ${progress.indexed}`;
      if (state !== lastChange.state) lastChange = { at: Date.now(), state };
      if (Date.now() - lastChange.at > STALLED_MS) {
        const problem = progress.problem ?? 'no reason was given';
        throw new DemoError(`Indexing makes no progress: ${problem}.`, 'LOG_LEVEL=debug npm run demo shows the log.');
      }
    }
  } finally {
    bar.stop();
  }
  return progress;
}
