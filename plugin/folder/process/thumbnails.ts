/** Child process that draws the contact sheet's pictures: bytes nobody vouches for are decoded here and not in the caller. */
import sharp from 'sharp';
import type { DrawReply, DrawRequest } from '../thumbnails';

const THUMBNAIL_EDGE = 320;
const CHANNELS = ['red', 'green', 'blue'] as const;

process.on('disconnect', () => process.exit());
process.on('message', async (request: DrawRequest) => {
  let reply: DrawReply;
  try {
    reply = request.channels ? await drawChannels(request.path) : { images: [await drawThumbnail(request.path)] };
  } catch {
    reply = { images: [] };
  }
  process.send?.(reply);
});

function small(path: string): sharp.Sharp {
  return sharp(path, { limitInputPixels: 100_000_000 })
    .autoOrient()
    .resize(THUMBNAIL_EDGE, THUMBNAIL_EDGE, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .flatten({ background: '#fff' });
}

async function drawThumbnail(path: string): Promise<string> {
  return dataUri(small(path));
}

/** Each channel in its own colour: the other two are set to zero. */
async function drawChannels(path: string): Promise<DrawReply> {
  const { data, info } = await small(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixels = info.width * info.height;
  const images: string[] = [];
  const means: number[] = [];
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    const single = Buffer.alloc(pixels * 3);
    let sum = 0;
    for (let i = channel; i < single.length; i += 3) {
      single[i] = data[i];
      sum += data[i];
    }
    means.push(sum / pixels);
    images.push(await dataUri(sharp(single, { raw: { width: info.width, height: info.height, channels: 3 } })));
  }
  return { images, means };
}

async function dataUri(image: sharp.Sharp): Promise<string> {
  return `data:image/webp;base64,${(await image.webp({ quality: 82 }).toBuffer()).toString('base64')}`;
}
