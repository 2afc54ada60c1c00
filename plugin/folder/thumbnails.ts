import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';

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

const TIMEOUT_MS = 15_000;

export interface Thumbnails {
  /** One at a time; never rejects. */
  draw(request: DrawRequest): Promise<DrawReply>;
  close(): void;
}

/** Client of the drawing process. A picture that crashes or hangs it stays without a thumbnail, the next gets a new process. */
export function createThumbnails(): Thumbnails {
  let child: ChildProcess | undefined;

  function running(): ChildProcess {
    if (!child?.connected) {
      child = fork(join(__dirname, `thumbnails-process${extname(__filename)}`), { stdio: 'ignore' });
    }
    return child;
  }

  return {
    draw(request) {
      const worker = running();
      return new Promise((resolve) => {
        const finish = (reply: DrawReply) => {
          clearTimeout(timer);
          worker.off('message', finish).off('exit', giveUp).off('error', giveUp);
          resolve(reply);
        };
        const giveUp = () => {
          worker.on('error', () => {}); // a late failure of a process that is no longer waited for
          worker.kill('SIGKILL');
          child = undefined;
          finish({ images: [] });
        };
        const timer = setTimeout(giveUp, TIMEOUT_MS);
        worker.on('message', finish).on('exit', giveUp).on('error', giveUp);
        worker.send(request);
      });
    },
    close() {
      child?.kill();
      child = undefined;
    },
  };
}
