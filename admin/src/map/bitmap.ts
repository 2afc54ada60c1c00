import { onBackend } from '../utils/backend-url';

/** Longer side in pixels: sharp on screens with two pixels for one while pictures are small, and still good when they are large. */
const SIDE = 128;

/** As an image and not with `fetch`, so that pictures of other hosts need not allow this page to read them. */
export async function loadBitmap(url: string, signal: AbortSignal): Promise<ImageBitmap> {
  const image = new Image();
  const stop = () => {
    image.src = '';
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    image.src = onBackend(url);
    await image.decode();
    // Drawings without a size of their own have none here.
    const [width, height] = [image.naturalWidth || SIDE, image.naturalHeight || SIDE];
    const scale = Math.min(1, SIDE / Math.max(width, height));
    return await createImageBitmap(image, {
      resizeWidth: Math.max(1, Math.round(width * scale)),
      resizeHeight: Math.max(1, Math.round(height * scale)),
      resizeQuality: 'medium',
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
