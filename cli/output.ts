import type { Streams } from './command';

/** Messages and file names may hold control characters, which a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '�');
}

export function writeJson(streams: Streams, value: unknown): void {
  streams.out.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
