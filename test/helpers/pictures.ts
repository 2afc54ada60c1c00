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
