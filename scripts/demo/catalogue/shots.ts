import sharp from 'sharp';
import { LIGHTS, motif, tint } from './brush';
import type { Product } from './products';

/** The three pictures of a product: alone before a light wall, in a room, and from close up. */
export const SHOTS = ['front', 'scene', 'detail'] as const;
export type Shot = (typeof SHOTS)[number];

const SIZE = 800;
const ROOMS = [
  { wall: '#dfe7e4', floor: '#c9a98a' },
  { wall: '#eadfd3', floor: '#8f9aa5' },
  { wall: '#d9dcea', floor: '#b98f6b' },
] as const;

const groundShadow = '<ellipse cx="520" cy="824" rx="340" ry="44" fill="url(#shadow)"/>';
const wallShadow = '<circle cx="530" cy="525" r="385" fill="url(#shadow)"/>';

/** A wall with light from the left above, and unless `wall` is all there is, a floor. */
function backdrop(wall: string, floor: string, horizon: number): string {
  return `
    <defs>
      <radialGradient id="wall" cx="0.3" cy="0.2" r="1.1">
        <stop offset="0" stop-color="${tint(wall, 0.55)}"/><stop offset="1" stop-color="${tint(wall, -0.12)}"/>
      </radialGradient>
      <linearGradient id="floor" x2="0" y2="1">
        <stop offset="0" stop-color="${tint(floor, -0.12)}"/><stop offset="1" stop-color="${tint(floor, 0.25)}"/>
      </linearGradient>
    </defs>
    <rect width="1000" height="1000" fill="url(#wall)"/>
    <rect y="${horizon}" width="1000" height="${1000 - horizon}" fill="url(#floor)"/>`;
}

const windowLight =
  '<path d="M90 60 L330 20 L330 330 L90 390Z M370 14 L560 -20 L560 270 L370 322Z" fill="url(#beam)"/>';

/** SVG of one picture of a product. */
export function drawShot({ family, variant }: Product, shot: Shot): string {
  const { surface } = variant;
  const shadow = family.place === 'wall' ? wallShadow : groundShadow;
  const drawn = `${shadow}${family.draw(variant)}`;
  const room = ROOMS[variant.form % ROOMS.length];
  const [x, y] = family.focus;
  const views: Record<Shot, string> = {
    front: backdrop('#f1efec', '#e6e2dc', family.place === 'wall' ? 1000 : 740) + drawn,
    scene: `${backdrop(room.wall, room.floor, 700)}${windowLight}
      <g transform="translate(${family.place === 'wall' ? '250 20' : '190 175'}) scale(0.72) rotate(-2 500 800)">${drawn}</g>`,
    detail: `<g transform="translate(500 500) scale(1.9) rotate(4) translate(${-x} ${-y})">
      ${backdrop('#f1efec', '#e6e2dc', family.place === 'wall' ? 1000 : 740)}${drawn}</g>`,
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 1000 1000">
    <defs>${LIGHTS}${motif(surface.pattern ?? 'plain', surface.accent ?? '')}</defs>${views[shot]}</svg>`;
}

/** JPEG of one picture of a product. */
export const renderShot = (product: Product, shot: Shot): Promise<Buffer> =>
  sharp(Buffer.from(drawShot(product, shot)))
    .jpeg({ quality: 88 })
    .toBuffer();
