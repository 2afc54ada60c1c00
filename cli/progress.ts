import { Presets, SingleBar } from 'cli-progress';
import type { Streams } from './command';

export interface ProgressLine {
  /** @param note What else is worth knowing, e.g. `2 failed`. */
  update(done: number, total: number, note?: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/** A bar on a terminal; elsewhere, such as in a log, a line now and then. */
export function createProgress(label: string, err: Streams['err'], unit = ''): ProgressLine {
  return err.isTTY ? bar(label, err, unit) : lines(label, err, unit);
}

function bar(label: string, err: Streams['err'], unit: string): ProgressLine {
  const format = `${label} {bar} {value}/{total}${unit} {rate}${unit}/s {eta_formatted} left {note}`;
  let view: SingleBar | undefined;
  const started = Date.now();
  return {
    update(done, total, note = '') {
      if (!view) {
        view = new SingleBar({ format, stream: err, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic);
        view.start(total, 0, { rate: '0', note });
      }
      view.update(done, { rate: rate(done, started), note });
    },
    stop: () => view?.stop(),
  };
}

function lines(label: string, err: Streams['err'], unit: string): ProgressLine {
  const started = Date.now();
  let last = started;
  return {
    update(done, total, note = '') {
      if (done < total && Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      err.write(`${label} ${done}/${total}${unit} ${rate(done, started)}${unit}/s ${note}`.trimEnd().concat('\n'));
    },
    stop() {},
  };
}

function rate(done: number, started: number): string {
  const perSecond = (done * 1000) / Math.max(1, Date.now() - started);
  return perSecond.toFixed(perSecond < 10 ? 1 : 0);
}
