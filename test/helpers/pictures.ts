import sharp from 'sharp';

const SHAPES = {
  disc: '<circle cx="48" cy="48" r="34"/>',
  square: '<rect x="18" y="18" width="60" height="60"/>',
  triangle: '<path d="M48 12 L86 82 L10 82 Z"/>',
  stripes: '<path d="M0 10h96v12H0zM0 40h96v12H0zM0 70h96v12H0z"/>',
};

export type Shape = keyof typeof SHAPES;

/** A small JPEG of one shape. The same arguments give the same bytes. */
export function picture(shape: Shape, colour: string, background = 'white'): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="${background}"/><g fill="${colour}">${SHAPES[shape]}</g></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

/** `count` pictures that differ from each other. */
export function manyPictures(count: number): Promise<Buffer[]> {
  const shapes = Object.keys(SHAPES) as Shape[];
  const colour = (index: number) => `hsl(${(index * 37) % 360},80%,${30 + (index % 5) * 10}%)`;
  return Promise.all(
    Array.from({ length: count }, (_, index) => picture(shapes[index % shapes.length], colour(index))),
  );
}

/** A JPEG with the grain and the soft colours of a photo: nets see in flat shapes what they see nowhere else. */
export function texture(seed: number): Promise<Buffer> {
  const hue = (seed * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="192" height="192"><defs>
    <filter id="grain"><feTurbulence type="${seed % 2 ? 'turbulence' : 'fractalNoise'}" baseFrequency="${0.01 + (seed % 7) / 60}" numOctaves="4" seed="${seed}"/><feBlend in2="SourceGraphic" mode="multiply"/></filter>
    <radialGradient id="light" cx="${(seed % 5) / 5}" cy="${(seed % 3) / 3}"><stop stop-color="hsl(${hue},70%,80%)"/><stop offset="1" stop-color="hsl(${hue + 60},50%,30%)"/></radialGradient></defs>
    <g filter="url(#grain)"><rect width="192" height="192" fill="url(#light)"/><circle cx="${60 + (seed % 9) * 8}" cy="96" r="${20 + (seed % 4) * 12}" fill="hsl(${hue + 150},60%,55%)"/></g></svg>`;
  return sharp(Buffer.from(svg)).flatten().jpeg().toBuffer();
}
