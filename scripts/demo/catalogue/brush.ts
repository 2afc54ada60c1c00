/** Small SVG vocabulary the product families draw with, on a canvas of 1000 × 1000; products stand on y = 820. */

export type Pattern = 'plain' | 'stripes' | 'dots' | 'zigzag' | 'checks';

/** Mixes a hex colour with white (amount > 0) or black (amount < 0). */
export function tint(colour: string, amount: number): string {
  const target = amount > 0 ? 255 : 0;
  const part = Math.abs(amount);
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const mixed = channels.map((value) => Math.round(value + (target - value) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const light = (stops: Array<[at: number, colour: 'black' | 'white', opacity: number]>) =>
  stops
    .map(([at, colour, opacity]) => `<stop offset="${at}" stop-color="${colour}" stop-opacity="${opacity}"/>`)
    .join('');

/** Definitions that every drawing may refer to. */
export const LIGHTS = `
  <linearGradient id="round">${light([
    [0, 'black', 0.38],
    [0.24, 'white', 0.32],
    [0.42, 'white', 0.05],
    [1, 'black', 0.45],
  ])}</linearGradient>
  <linearGradient id="soft" x2="0" y2="1">${light([
    [0, 'white', 0.25],
    [0.5, 'white', 0],
    [1, 'black', 0.28],
  ])}</linearGradient>
  <radialGradient id="ball" cx="0.35" cy="0.3" r="0.85">${light([
    [0, 'white', 0.45],
    [0.5, 'white', 0],
    [1, 'black', 0.42],
  ])}</radialGradient>
  <radialGradient id="shadow">${light([
    [0, 'black', 0.42],
    [0.55, 'black', 0.2],
    [1, 'black', 0],
  ])}</radialGradient>
  <radialGradient id="glow">
    <stop offset="0" stop-color="#ffe3a0" stop-opacity="0.85"/><stop offset="1" stop-color="#ffe3a0" stop-opacity="0"/>
  </radialGradient>
  <linearGradient id="beam" x2="0.3" y2="1">${light([
    [0, 'white', 0.5],
    [1, 'white', 0.05],
  ])}</linearGradient>`;

const MOTIFS: Record<Exclude<Pattern, 'plain'>, [width: number, height: number, motif: string]> = {
  stripes: [60, 60, '<rect width="60" height="24"/>'],
  dots: [64, 64, '<circle cx="16" cy="16" r="12"/><circle cx="48" cy="48" r="12"/>'],
  zigzag: [80, 56, '<path d="M0 42 L40 12 L80 42" fill="none" stroke-width="15"/>'],
  checks: [80, 80, '<rect width="40" height="40"/><rect x="40" y="40" width="40" height="40"/>'],
};

const motifId = (pattern: Pattern, colour: string) => `${pattern}-${colour.slice(1)}`;

/** Definition of a pattern in a colour, for `shape`. */
export function motif(pattern: Pattern, colour: string): string {
  if (pattern === 'plain') return '';
  const [width, height, content] = MOTIFS[pattern];
  const size = `width="${width}" height="${height}" patternUnits="userSpaceOnUse"`;
  return `<pattern id="${motifId(pattern, colour)}" ${size}><g fill="${colour}" stroke="${colour}" stroke-width="0">${content}</g></pattern>`;
}

export interface Surface {
  colour: string;
  pattern?: Pattern;
  /** Colour of the pattern. */
  accent?: string;
  light?: 'round' | 'soft' | 'ball' | 'none';
}

/** A closed path as a lit, perhaps patterned surface. */
export function shape(d: string, { colour, pattern = 'plain', accent = '', light: lit = 'round' }: Surface): string {
  const layers = [`<path d="${d}" fill="${colour}"/>`];
  if (pattern !== 'plain') layers.push(`<path d="${d}" fill="url(#${motifId(pattern, accent)})" opacity="0.85"/>`);
  if (lit !== 'none') layers.push(`<path d="${d}" fill="url(#${lit})"/>`);
  return layers.join('');
}

export const ellipsePath = (cx: number, cy: number, rx: number, ry: number): string =>
  `M${cx - rx} ${cy} a${rx} ${ry} 0 1 0 ${2 * rx} 0 a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;

export const boxPath = (x: number, y: number, width: number, height: number, r = 0): string =>
  `M${x + r} ${y} h${width - 2 * r} a${r} ${r} 0 0 1 ${r} ${r} v${height - 2 * r} a${r} ${r} 0 0 1 ${-r} ${r} ` +
  `h${2 * r - width} a${r} ${r} 0 0 1 ${-r} ${-r} v${2 * r - height} a${r} ${r} 0 0 1 ${r} ${-r}Z`;

export const line = (d: string, colour: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
