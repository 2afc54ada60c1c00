/** What part of the map is seen. */
export interface View {
  /** Where the middle of the canvas is on the map, from 0 to 1. */
  x: number;
  y: number;
  /** 1: the whole map fits. */
  zoom: number;
}

/** Of the canvas, in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** On the canvas, in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { x: 0.5, y: 0.5, zoom: 1 };
/** So close that in a library of ten thousand each picture has room for itself, copies aside. */
export const MAX_ZOOM = 256;
/** Zoom by one pixel of a wheel: a notch is 100 pixels or so. */
export const WHEEL = 1.002;
/** Room at the edge, for the pictures that lie there. */
const MARGIN = 0.88;

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

/** Pixels of the whole map's side at zoom 1. */
export const fitOf = ({ width, height }: Size): number => MARGIN * Math.min(width, height);

export const scaleOf = (view: View, size: Size): number => fitOf(size) * view.zoom;

/** The middle stays on the map. */
const kept = ({ x, y, zoom }: View): View => ({ x: clamp(x, 0, 1), y: clamp(y, 0, 1), zoom: clamp(zoom, 1, MAX_ZOOM) });

/** @param right, down in pixels: where the map goes to. */
export function moved(view: View, size: Size, right: number, down: number): View {
  const scale = scaleOf(view, size);
  return kept({ ...view, x: view.x - right / scale, y: view.y - down / scale });
}

/** Whatever is under the point stays there. @param point in pixels of the canvas; by default its middle. */
export function zoomed(
  view: View,
  size: Size,
  factor: number,
  point: Point = { x: size.width / 2, y: size.height / 2 },
): View {
  const zoom = clamp(view.zoom * factor, 1, MAX_ZOOM);
  if (zoom === 1) return WHOLE;
  const [right, down] = [point.x - size.width / 2, point.y - size.height / 2];
  const [before, after] = [scaleOf(view, size), fitOf(size) * zoom];
  return kept({ x: view.x + right / before - right / after, y: view.y + down / before - down / after, zoom });
}

const middleOf = ([a, b]: Point[]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Fingers that meet are a pixel apart: no zoom by 0, nor by an endless factor. */
const spanOf = ([a, b]: Point[]): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

/** Whatever is under two fingers moves with them. @param from, to where both are, in the same order. */
export function pinched(view: View, size: Size, from: Point[], to: Point[]): View {
  const [before, after] = [middleOf(from), middleOf(to)];
  const closer = zoomed(view, size, spanOf(to) / spanOf(from), before);
  return moved(closer, size, after.x - before.x, after.y - before.y);
}

/** @returns pixels of the canvas. */
export function onCanvas(view: View, size: Size, x: number, y: number): Point {
  const scale = scaleOf(view, size);
  return { x: size.width / 2 + (x - view.x) * scale, y: size.height / 2 + (y - view.y) * scale };
}

/** @returns a place on the map. */
export function onMap(view: View, size: Size, point: Point): { x: number; y: number } {
  const scale = scaleOf(view, size);
  return { x: view.x + (point.x - size.width / 2) / scale, y: view.y + (point.y - size.height / 2) / scale };
}
