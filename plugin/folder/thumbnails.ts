import { extname, join } from 'node:path';
import { type Child, startChild } from '../processes/fork';

export interface DrawRequest {
  path: string;
  /** Draw the red, green and blue channels instead of the picture. */
  channels: boolean;
}

/** `images`: data URIs, none when the picture could not be drawn. `means`: the channels' mean values, 0…255. */
export interface DrawReply {
  images: string[];
  means?: number[];
}

const FILE = join(__dirname, `process/thumbnails${extname(__filename)}`);
const TIMEOUT_MS = 15_000;

export interface Thumbnails {
  /** One at a time; never rejects. */
  draw(request: DrawRequest): Promise<DrawReply>;
  close(): void;
}

/** Client of the drawing process. A picture that crashes or hangs it stays without a thumbnail, the next gets a new process. */
export function createThumbnails(): Thumbnails {
  let child: Child<DrawRequest> | undefined;
  let settle: ((reply: DrawReply) => void) | undefined;

  function running(): Child<DrawRequest> {
    if (child?.alive) return child;
    const started = startChild<DrawRequest, DrawReply>(FILE, { onMessage: (reply) => settle?.(reply) });
    started.ended.then(() => {
      if (child === started) settle?.({ images: [] });
    });
    child = started;
    return started;
  }

  return {
    draw(request) {
      const worker = running();
      return new Promise((resolve) => {
        const timer = setTimeout(worker.kill, TIMEOUT_MS);
        settle = (reply) => {
          settle = undefined;
          clearTimeout(timer);
          resolve(reply);
        };
        worker.send(request);
      });
    },
    close() {
      child?.kill();
    },
  };
}
