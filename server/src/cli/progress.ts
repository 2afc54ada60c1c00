import { Presets, SingleBar } from 'cli-progress';
import type { Streams } from './command';

export interface ProgressLine {
  update(total: number, done: number, failed: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/** A bar on a terminal; elsewhere, such as in a log, a line now and then. */
export function createProgress(label: string, err: Streams['err']): ProgressLine {
  return err.isTTY ? bar(label, err) : lines(label, err);
}

function bar(label: string, err: Streams['err']): ProgressLine {
  let view: SingleBar | undefined;
  const started = Date.now();
  return {
    update(total, done, failed) {
      const format = `${label} {bar} {value}/{total} | {rate}/s | {eta_formatted} left | {failed} failed`;
      if (!view) {
        view = new SingleBar({ format, stream: err, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic);
        view.start(total, 0, { rate: '0', failed });
      }
      view.update(done, { rate: rate(done, started), failed });
    },
    stop: () => view?.stop(),
  };
}

function lines(label: string, err: Streams['err']): ProgressLine {
  const started = Date.now();
  let last = started;
  return {
    update(total, done, failed) {
      if (done < total && Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      err.write(`${label} ${done}/${total}, ${rate(done, started)}/s${failed > 0 ? `, ${failed} failed` : ''}\n`);
    },
    stop() {},
  };
}

function rate(done: number, started: number): string {
  const seconds = (Date.now() - started) / 1000;
  return seconds > 0 ? (done / seconds).toFixed(done / seconds < 10 ? 1 : 0) : '0';
}
