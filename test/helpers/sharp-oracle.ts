/** What sharp makes of pictures, in a process of its own: fuzz.ts forks it, and it may crash. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

export interface Seen {
  /** Its header can be read. */
  known: boolean;
  /** All of its first frame can be. */
  decodes: boolean;
  /** Width × height, where the header says them. */
  pixels?: number;
}

/** @param maxPixels larger ones are not decoded. */
export async function look(path: string, maxPixels: number): Promise<Seen> {
  const bytes = await readFile(path);
  const open = () => sharp(bytes, { limitInputPixels: false, failOn: 'error' });
  try {
    const { width, height } = await open().metadata();
    const pixels = width * height;
    const decodes =
      pixels <= maxPixels &&
      (await open()
        .timeout({ seconds: 30 })
        .raw()
        .toBuffer()
        .then(
          () => true,
          () => false,
        ));
    return { known: true, decodes, pixels };
  } catch {
    return { known: false, decodes: false };
  }
}

process.on('message', async ({ path, maxPixels }: { path: string; maxPixels: number }) => {
  process.send?.(await look(path, maxPixels));
});
